package io.walkback.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetsTest {
    private final Targets targets = new Targets(name -> name.equals("SHOP_PASSWORD") ? "from env" : null);

    @TempDir
    Path directory;

    private static DatabaseRegistration registration(@Nullable SecretReference password, String sslMode) {
        return new DatabaseRegistration(
                new DatabaseId("shop"),
                new Connection("db.example", 5433, "app", "walkback", password, sslMode, "/etc/ca.pem"),
                null,
                BackupPolicy.DEFAULT,
                Map.of());
    }

    private Path file(String content, String mode) throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private void assertRefused(DatabaseRegistration registration, String words) {
        assertThatThrownBy(() -> targets.of(registration))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(FailureCode.CONFIGURATION);
                    assertThat(refused.text()).contains(words).doesNotContain("hunter2");
                });
    }

    @Test
    void aPasswordIsReadFromItsFileWithoutTheLineFeedAtItsEnd() throws IOException {
        var target = targets.of(registration(new SecretReference.InFile(file("hunter2 \n", "rw-r-----")), "require"));
        assertThat(target.password()).isNotNull().satisfies(secret -> assertThat(secret.reveal())
                .isEqualTo("hunter2 "));
        assertThat(target.address()).isEqualTo("db.example:5433");
        assertThat(target.toString()).doesNotContain("hunter2");
    }

    @Test
    void aPasswordIsReadFromTheEnvironmentOrThereIsNone() {
        assertThat(targets.of(registration(new SecretReference.InEnvironment("SHOP_PASSWORD"), "disable"))
                        .password())
                .isNotNull()
                .satisfies(secret -> assertThat(secret.reveal()).isEqualTo("from env"));
        assertThat(targets.of(registration(null, "verify-full")).password()).isNull();
    }

    @Test // P11
    void aReferenceThatLeadsNowhereIsNamedAndNotItsContent() throws IOException {
        assertRefused(registration(new SecretReference.InEnvironment("OTHER"), "disable"), "OTHER is not set");
        assertRefused(
                registration(new SecretReference.InFile(directory.resolve("absent")), "disable"), "cannot be read");
        assertRefused(
                registration(new SecretReference.InFile(file("hunter2", "rw-r--r--")), "disable"), "open to every");
        assertRefused(
                registration(new SecretReference.InFile(file("hunter2".repeat(10_000), "rw-------")), "disable"),
                "longer than any password");
        assertRefused(registration(null, "maybe"), "sslmode must be");
    }
}
