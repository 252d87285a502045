package io.walkback.restore.proof;

import io.walkback.domain.Text;
import java.sql.SQLException;

/// What a server's error says about the data that it was asked to read.
enum ServerFault {
    /// The data is wrong.
    DAMAGE,
    /// The server could not do it here; the data may be right.
    COULD_NOT,
    /// The connection or the server ended, or the time did.
    BROKEN_OFF;

    private static final int LONGEST = 300;

    /// Class XX is data corruption, index corruption and what PostgreSQL calls an internal error, which nothing but
    /// a broken catalog brings about. 58P01 is a file that should be there: of the data directory, or a library.
    static ServerFault of(SQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        if (state.startsWith("08") || state.startsWith("57P") || state.equals("57014")) {
            return BROKEN_OFF;
        }
        if (state.startsWith("XX")) {
            return DAMAGE;
        }
        boolean library =
                words(failure).contains("access file") || words(failure).contains("load library");
        return state.startsWith("58") && !library ? DAMAGE : COULD_NOT;
    }

    /// The server's message without its details, where it is about files and pages. Messages of other classes may
    /// themselves hold row data (P11).
    static String words(SQLException failure) {
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        String first = message.lines().findFirst().orElse("");
        String state = "SQLSTATE " + failure.getSQLState();
        boolean ofTheServer = state.startsWith("SQLSTATE XX") || state.startsWith("SQLSTATE 58");
        return ofTheServer ? Text.printable(first, LONGEST) + " (" + state + ")" : state;
    }
}
