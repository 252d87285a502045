package io.walkback.postgres.connection;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Text;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/// Turns what PostgreSQL, pgjdbc and sockets say into faults with a code and a hint.
///
/// It decides by SQLSTATE, because messages are translated by the server; names of settings inside them are not.
/// States: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
public final class PostgresFailures {
    private static final int MESSAGE_LIMIT = 500;

    private PostgresFailures() {}

    /// A failure of `doing` (lower case, "reading settings") against the server at `address`.
    public static PlatformException of(SQLException failure, String doing, String address) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        ServerErrorMessage said =
                failure instanceof PSQLException fromDriver ? fromDriver.getServerErrorMessage() : null;
        if (said != null) {
            String severity = said.getSeverity() == null ? "ERROR" : said.getSeverity();
            return of(new ServerError(severity, state, String.valueOf(said.getMessage())), doing, address, failure);
        }
        if (causedByTls(failure)
                || (state.equals("08004") && printable(failure.getMessage()).contains("SSL"))) {
            return new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    doing + " at " + address + ": the tls handshake failed: " + printable(failure.getMessage()),
                    "Check sslmode, and that sslrootcert holds the authority that signed the server's certificate.",
                    failure);
        }
        return switch (state) {
            // The driver's own verdicts: no password given, or the server's SCRAM proof is wrong.
            case "28P01", "28000", "08004" ->
                authentication(text(failure.getMessage(), state, doing, address), failure);
            case "08001" -> unreachable(text(failure.getMessage(), state, doing, address), failure);
            default ->
                state.startsWith("08")
                        ? lost(doing, address, failure)
                        : of(
                                new ServerError("ERROR", state, String.valueOf(failure.getMessage())),
                                doing,
                                address,
                                failure);
        };
    }

    /// What the server itself answered.
    public static PlatformException of(ServerError error, String doing, String address) {
        return of(error, doing, address, null);
    }

    /// A socket that ended or fell silent while `doing`.
    public static PlatformException lost(String doing, String address, Exception cause) {
        boolean silent = cause instanceof SocketTimeoutException;
        return new RetryableException(
                FailureCode.POSTGRES_CONNECTION_LOST,
                doing + " at " + address + ": "
                        + (silent ? "the server fell silent" : "the connection ended")
                        + (cause.getMessage() == null ? "" : " (" + printable(cause.getMessage()) + ")"),
                "See whether the server restarted or failed over, and whether a firewall cuts idle connections.",
                cause);
    }

    /// Something that no PostgreSQL of a supported version sends.
    public static PlatformException protocol(String what, String doing, String address) {
        return new OperatorActionException(
                FailureCode.POSTGRES_PROTOCOL,
                doing + " at " + address + ": " + what,
                "Check that the address is PostgreSQL itself: a connection pooler cannot carry replication.");
    }

    /// Refuses majors that no test of ours has seen.
    public static PlatformException version(String version, String address) {
        return new OperatorActionException(
                FailureCode.POSTGRES_VERSION,
                "the server at " + address + " is PostgreSQL " + version + ", not 15, 16, 17 or 18",
                "Upgrade the server; Walkback protects the majors that are listed.");
    }

    private static PlatformException of(ServerError error, String doing, String address, @Nullable Throwable cause) {
        String text = text(error.message(), error.state(), doing, address);
        return switch (error.state()) {
            case "42501" ->
                new OperatorActionException(
                        FailureCode.POSTGRES_PRIVILEGE,
                        text,
                        "Give the role REPLICATION (ALTER ROLE ... REPLICATION) and membership of pg_monitor.",
                        cause);
            case "53300" -> slots(error, text, cause);
            case "53400" ->
                new OperatorActionException(
                        FailureCode.POSTGRES_SLOTS,
                        text,
                        "Raise max_replication_slots or drop a slot that nobody reads.",
                        cause);
            case "55006" ->
                new RetryableException(
                        FailureCode.POSTGRES_SLOTS,
                        text,
                        "Another connection holds the slot; it is free once that one ends.",
                        cause);
            case "42704", "58P01" ->
                new OperatorActionException(
                        FailureCode.WAL_SLOT_LOST,
                        text,
                        "The slot or WAL that was asked for is gone: take a base backup to begin anew.",
                        cause);
            case "55000" -> notInState(text, cause);
            case "3D000" ->
                new OperatorActionException(
                        FailureCode.CONFIGURATION, text, "Name a dbname that exists on this server.", cause);
            case "57P03" -> unreachable(text, cause);
            case "57P01", "57P02", "57P05" ->
                new RetryableException(
                        FailureCode.POSTGRES_CONNECTION_LOST,
                        text,
                        "The server ended the connection: it stops, crashed, or somebody terminated the process.",
                        cause);
            default -> byClass(error, text, cause);
        };
    }

    private static String text(@Nullable String message, String state, String doing, String address) {
        return doing + " at " + address + ": " + printable(message) + " (SQLSTATE " + state + ")";
    }

    private static PlatformException byClass(ServerError error, String text, @Nullable Throwable cause) {
        String stateClass = error.state().length() == 5 ? error.state().substring(0, 2) : "";
        return switch (stateClass) {
            case "28" -> authentication(text, cause);
            case "53", "57", "58" ->
                new RetryableException(
                        FailureCode.POSTGRES_UNREACHABLE,
                        text,
                        "See the server's log: it is short of something.",
                        cause);
            default ->
                new OperatorActionException(
                        FailureCode.POSTGRES_PROTOCOL, text, "See the server's log around this time.", cause);
        };
    }

    private static PlatformException slots(ServerError error, String text, @Nullable Throwable cause) {
        // A server with max_wal_senders = 0, which wal_level = minimal demands, never has a walsender to give.
        if (error.message().contains("max_wal_senders") && error.message().contains(" 0)")) {
            return new OperatorActionException(
                    FailureCode.POSTGRES_SETTING,
                    text,
                    "Set wal_level = replica and max_wal_senders of at least 3, and restart the server.",
                    cause);
        }
        return new RetryableException(
                FailureCode.POSTGRES_SLOTS,
                text,
                "Raise max_connections or max_wal_senders, or end connections that nobody needs.",
                cause);
    }

    private static PlatformException notInState(String text, @Nullable Throwable cause) {
        if (text.contains("slot")) {
            return new OperatorActionException(
                    FailureCode.WAL_SLOT_LOST,
                    text,
                    "The slot was invalidated: drop it, take a base backup and raise max_slot_wal_keep_size.",
                    cause);
        }
        return new OperatorActionException(
                FailureCode.POSTGRES_SETTING,
                text,
                "Set wal_level = replica (or logical) and restart the server; then back up again.",
                cause);
    }

    private static PlatformException authentication(String text, @Nullable Throwable cause) {
        return new OperatorActionException(
                FailureCode.POSTGRES_AUTHENTICATION,
                text,
                "Check user and password, and that pg_hba.conf lets this host in, also for 'replication'.",
                cause);
    }

    private static PlatformException unreachable(String text, @Nullable Throwable cause) {
        return new RetryableException(
                FailureCode.POSTGRES_UNREACHABLE,
                text,
                "See whether the server runs, and whether host, port, listen_addresses and firewall agree.",
                cause);
    }

    private static boolean causedByTls(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return true;
            }
        }
        return false;
    }

    private static String printable(@Nullable String text) {
        return text == null ? "no message" : Text.printable(text, MESSAGE_LIMIT);
    }
}
