package io.walkback.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.backup.wal.PushSettings;
import io.walkback.domain.OperatorActionException;
import io.walkback.operations.FatalFault;
import io.walkback.repository.EncryptionSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

class SettingsTest {
    private static final PushSettings PUSH_OFF = new PushSettings(0, "127.0.0.1", null, null);

    private static <T> T bound(String prefix, Class<T> type, Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings)).bindOrCreate(prefix, type);
    }

    @Test
    void aWorkerTakesOnSoMuchUnlessToldOtherwise() {
        BackupWorkerSettings settings = bound("walkback.backup", BackupWorkerSettings.class, Map.of());
        assertThat(settings)
                .isEqualTo(new BackupWorkerSettings(2, 32, 1, 0, Duration.ofSeconds(15), null, null, null, PUSH_OFF));
        assertThat(settings.walDirectory(Path.of("/state"))).isEqualTo(Path.of("/state/wal"));
        assertThat(settings.clientPrograms()).isNull();
        assertThat(settings.threadsHere()).isBetween(1, 16);
    }

    @Test // WAL_ARCHIVE_DIR, WALKBACK_COPY_URL, WALKBACK_CLIENT_PROGRAMS_DIR
    void receivedWalTheCopyAndClientProgramsLieWhereTheEnvironmentSays() throws IOException {
        // Given
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "variables",
                        Map.of(
                                "WAL_ARCHIVE_DIR", "/srv/spool",
                                "WALKBACK_COPY_URL", "file:///mnt/copy",
                                "WALKBACK_CLIENT_PROGRAMS_DIR", "/opt/pg/bin",
                                "WALKBACK_PUSH_PORT", "8432")));
        new YamlPropertySourceLoader()
                .load("application.yml", new ClassPathResource("application.yml"))
                .forEach(environment.getPropertySources()::addLast);
        // When
        BackupWorkerSettings settings =
                Binder.get(environment).bindOrCreate("walkback.backup", BackupWorkerSettings.class);
        // Then
        assertThat(settings.walDirectory(Path.of("/state"))).isEqualTo(Path.of("/srv/spool"));
        assertThat(settings.copyUrl()).isEqualTo(URI.create("file:///mnt/copy"));
        assertThat(settings.clientPrograms()).isEqualTo(Path.of("/opt/pg/bin"));
        assertThat(settings.push()).isEqualTo(new PushSettings(8432, "127.0.0.1", null, null));
    }

    @Test
    void everySettingOfTheLoadIsHonoured() {
        BackupWorkerSettings settings = bound(
                "walkback.backup",
                BackupWorkerSettings.class,
                Map.ofEntries(
                        Map.entry("walkback.backup.slots", "3"),
                        Map.entry("walkback.backup.wal-slots", "4"),
                        Map.entry("walkback.backup.verification-slots", "5"),
                        Map.entry("walkback.backup.threads", "6"),
                        Map.entry("walkback.backup.connect-timeout", "7s"),
                        Map.entry("walkback.backup.client-programs-dir", "/opt/bin"),
                        Map.entry("walkback.backup.wal-dir", "/srv/wal"),
                        Map.entry("walkback.backup.copy-url", "s3://copy/eu"),
                        Map.entry("walkback.backup.push.port", "8432"),
                        Map.entry("walkback.backup.push.address", "0.0.0.0"),
                        Map.entry("walkback.backup.push.certificate", "/etc/tls.pem"),
                        Map.entry("walkback.backup.push.key", "/etc/tls.key")));
        assertThat(settings)
                .isEqualTo(new BackupWorkerSettings(
                        3,
                        4,
                        5,
                        6,
                        Duration.ofSeconds(7),
                        Path.of("/opt/bin"),
                        Path.of("/srv/wal"),
                        URI.create("s3://copy/eu"),
                        new PushSettings(8432, "0.0.0.0", Path.of("/etc/tls.pem"), Path.of("/etc/tls.key"))));
        assertThat(settings.walDirectory(Path.of("/state"))).isEqualTo(Path.of("/srv/wal"));
        assertThat(settings.threadsHere()).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({"0,1,1,1,5", "1,0,1,1,5", "1,1,0,1,5", "1,1,1,17,5", "1,1,1,1,0"})
    void aLoadThatCannotBeIsRefused(int slots, int wal, int verification, int threads, int seconds) {
        assertThatThrownBy(() -> new BackupWorkerSettings(
                        slots, wal, verification, threads, Duration.ofSeconds(seconds), null, null, null, PUSH_OFF))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("walkback.backup.");
    }

    @Test // P11
    void walIsTakenFromOtherHostsOnlyOverTls() {
        assertThat(PUSH_OFF.isOff()).isTrue();
        assertThat(new PushSettings(8432, "::1", null, null).isOff()).isFalse();
        assertThatThrownBy(() -> new PushSettings(8432, "0.0.0.0", null, null))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("there is no certificate");
        assertThatThrownBy(() -> new PushSettings(8432, "0.0.0.0", Path.of("/etc/tls.pem"), null))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("without the other");
        assertThatThrownBy(() -> new PushSettings(65_536, "127.0.0.1", null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("walkback.backup.push.port");
    }

    @Test
    void aWorkerKnowsItsHostItsLeaseAndItsRepository() {
        WorkerSettings settings = bound(
                "walkback",
                WorkerSettings.class,
                Map.of(
                        "walkback.node-name", "w1",
                        "walkback.state-dir", "/var/lib/walkback",
                        "walkback.repository.url", "file:///srv/backups",
                        "walkback.repository.encryption", "off",
                        "walkback.operations.lease", "3s"));
        assertThat(settings.nodeName()).isEqualTo("w1");
        assertThat(settings.repositoryUrl()).isEqualTo(URI.create("file:///srv/backups"));
        assertThat(settings.encryption()).isEqualTo(new EncryptionSettings(Optional.empty(), true));
        assertThat(settings.operations().times().heartbeat()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void whatMustBeSetIsNamedAndTheHostNameIsTheMachines() {
        WorkerSettings.Operations lease = new WorkerSettings.Operations(Duration.ofMinutes(1));
        WorkerSettings.Place place = new WorkerSettings.Place(URI.create("file:///srv"), false, "walkback", "", "");
        assertThat(new WorkerSettings("", Path.of("/s"), place, lease).nodeName())
                .isNotBlank();
        assertThatThrownBy(() -> new WorkerSettings("w", Path.of(""), place, lease))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("WALKBACK_STATE_DIR");
        assertThatThrownBy(() -> new WorkerSettings(
                        "w", Path.of("/s"), new WorkerSettings.Place(null, false, "walkback", "", ""), lease))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("WALKBACK_REPOSITORY_URL");
        assertThatThrownBy(() -> new WorkerSettings(
                        "w", Path.of("/s"), place, new WorkerSettings.Operations(Duration.ofMillis(1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBucketThatIsSwitchedOnIsTheRepository() {
        assertThat(new WorkerSettings.Place(URI.create("file:///srv"), true, "eu1/shop", "", "").address())
                .contains(URI.create("s3://eu1/shop"));
        assertThat(new WorkerSettings.Place(URI.create("s3://eu1?region=x"), true, "other", "", "").address())
                .contains(URI.create("s3://eu1?region=x"));
        assertThatThrownBy(() -> new WorkerSettings.Place(null, true, "no bucket", "", "").address())
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("BACKUP_S3_BUCKET");
    }

    @Test
    void theFirstFatalFaultEndsTheProcessOnce() throws InterruptedException {
        AtomicInteger ends = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(1);
        FatalFault fatal = new FatalFault(() -> {
            ends.incrementAndGet();
            ended.countDown();
        });
        assertThat(fatal.happened()).isFalse();
        fatal.accept(new IllegalStateException("one"));
        fatal.accept(new IllegalStateException("two"));
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(fatal.happened()).isTrue();
        assertThat(ends).hasValue(1);
    }
}
