package io.walkback.restore.replay;

import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.PostgresServer;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.plan.RestorePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A server on a recovered copy that is thrown away afterwards: a child of this process, which it does not outlive,
/// on the unix socket in the run directory. Whoever reaches that folder of mode 0700 may log in as anybody.
public final class ScratchServer {
    private ScratchServer() {}

    /// Not started yet.
    public static PostgresServer of(
            RestorePlan plan,
            RunDirectory run,
            PostgresPrograms programs,
            Optional<ServerAccount> account,
            ServerTerms terms) {
        Path anybody = run.path().resolve("scratch_hba.conf");
        try {
            Files.writeString(anybody, "local all all trust\n");
            account.ifPresent(user -> user.own(anybody));
        } catch (IOException failure) {
            throw FileFailures.of("write", anybody, failure);
        }
        PostgresConfig config = PostgresConfig.of(programs, plan.directory())
                .withPort(Recovery.PORT)
                .withLog(run.log())
                .withSocketOnly(run.path())
                .withOverride("hba_file", anybody.toString());
        return new PostgresServer(terms.on(config, RecoverySettings.overrides(plan, run)), terms.confinedTo());
    }
}
