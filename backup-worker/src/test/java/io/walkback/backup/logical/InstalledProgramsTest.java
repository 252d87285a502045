package io.walkback.backup.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import io.walkback.postgres.client.ClientCommand;
import io.walkback.postgres.client.ClientPrograms;
import io.walkback.postgres.client.InstalledPrograms;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.connection.SslMode;
import io.walkback.testkit.JudgedByPostgresTools;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How the programs that are here are called (pitfall 37).
class InstalledProgramsTest {
    @Test
    @JudgedByPostgresTools("pg_dump")
    void theInstalledOnesServeTheirOwnMajorAndNoNewerOne() {
        // Given
        List<ClientPrograms> found = new InstalledPrograms(null, System.getenv("PATH")).find();
        int newest = found.stream().mapToInt(ClientPrograms::major).max().orElseThrow();
        // Then
        assertThat(ClientPrograms.choose(found, newest * 10_000 + 99, "here").version())
                .startsWith("pg_dump (PostgreSQL) " + newest + ".");
        assertThatThrownBy(() -> ClientPrograms.choose(found, (newest + 1) * 10_000, "here"))
                .isInstanceOf(OperatorActionException.class);
    }

    @Test // P11
    void thePasswordIsInNoArgument() {
        // Given
        PostgresTarget target = new PostgresTarget(
                "db1", 5433, "it's", "ann", new Secret("s3cret"), SslMode.VERIFY_FULL, null, null, null);
        DumpCommands commands = new DumpCommands(new ClientPrograms(Path.of("/bin15"), "v", 15, 1), target);
        // When
        ClientCommand dump = commands.dump("a=b 'c' \\d", "0000-1");
        ClientCommand globals = commands.globals(false);
        // Then
        assertThat(dump.arguments())
                .startsWith("/bin15/pg_dump", "--no-password", "--host=db1", "--port=5433", "--username=ann")
                .contains("--format=custom", "--compress=0", "--snapshot=0000-1", "--lock-wait-timeout=300000");
        assertThat(dump.arguments().getLast()).startsWith("--dbname=dbname='a=b \\'c\\' \\\\d' keepalives_idle=60 ");
        assertThat(dump.environment()).containsEntry("PGPASSWORD", "s3cret");
        assertThat(globals.arguments())
                .startsWith("/bin15/pg_dumpall")
                .contains("--globals-only", "--no-role-passwords");
        assertThat(globals.arguments().getLast()).startsWith("--database=dbname='it\\'s' ");
        assertThat(commands.globals(true).arguments()).doesNotContain("--no-role-passwords");
        assertThat(dump.arguments() + "" + globals.arguments()).doesNotContain("s3cret");
    }
}
