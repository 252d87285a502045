package io.walkback.restore.proof;

import io.walkback.restore.sandbox.Sandbox;
import java.sql.SQLException;

/// One way to look at an open scratch cluster.
interface ProofCheck {
    /// Its name in the report.
    String name();

    /// Looks. A fault of the server that says nothing about the data leaves as the exception that it is.
    CheckOutcome run(Sandbox sandbox) throws SQLException;
}
