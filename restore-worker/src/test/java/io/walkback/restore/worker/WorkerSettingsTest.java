package io.walkback.restore.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.operations.LeaseTimes;
import io.walkback.repository.EncryptionSettings;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class WorkerSettingsTest {
    private static WorkerSettings bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("walkback", WorkerSettings.class);
    }

    @Test
    void onlyTheRepositoryMustBeNamed() throws Exception {
        // When
        WorkerSettings settings = bind(Map.of("walkback.repository.url", "file:///srv/backups"));
        // Then
        assertThat(settings)
                .isEqualTo(new WorkerSettings(
                        InetAddress.getLocalHost().getHostName(),
                        new WorkerSettings.Place(URI.create("file:///srv/backups"), false, "walkback", "", ""),
                        new WorkerSettings.Operations(Duration.ofSeconds(60)),
                        new WorkerSettings.Load(2, "", Duration.ofDays(7)),
                        new WorkerSettings.Drills("")));
        assertThat(settings.drill().scratchFolder(Path.of("/s"))).isEqualTo(Path.of("/s/scratch"));
        assertThat(settings.times()).isEqualTo(new LeaseTimes(Duration.ofSeconds(60)));
    }

    @Test
    void everyPropertyCanBeSet() {
        // When
        WorkerSettings settings = bind(Map.of(
                "walkback.node-name", "db7",
                "walkback.repository.url", "file:///mnt/b",
                "walkback.repository.key", "file:/etc/k",
                "walkback.repository.encryption", "on",
                "walkback.operations.lease", "3s",
                "walkback.restore.slots", "5",
                "walkback.restore.hooks", "/etc/walkback/hooks",
                "walkback.restore.keep", "1d",
                "walkback.drill.scratch", "/mnt/scratch"));
        // Then
        assertThat(settings.nodeName()).isEqualTo("db7");
        assertThat(settings.repositoryUrl()).isEqualTo(URI.create("file:///mnt/b"));
        assertThat(settings.encryption()).isEqualTo(new EncryptionSettings(Optional.of("file:/etc/k"), false));
        assertThat(settings.times().lease()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.restore()).isEqualTo(new WorkerSettings.Load(5, "/etc/walkback/hooks", Duration.ofDays(1)));
        assertThat(settings.drill().scratchFolder(Path.of("/s"))).isEqualTo(Path.of("/mnt/scratch"));
    }

    @Test
    void aMissingRepositoryIsNamedWithItsVariable() {
        for (Map<String, String> missing : List.of(Map.<String, String>of(), Map.of("walkback.repository.url", ""))) {
            assertThatThrownBy(() -> bind(missing))
                    .rootCause()
                    .isInstanceOfSatisfying(OperatorActionException.class, refused -> {
                        assertThat(refused.code()).isEqualTo(FailureCode.CONFIGURATION);
                        assertThat(refused).hasMessageContaining("WALKBACK_REPOSITORY_URL");
                    });
        }
    }

    @Test
    void aBucketThatIsSwitchedOnIsTheRepository() {
        assertThat(bind(Map.of(
                                "walkback.repository.url", "file:///b",
                                "walkback.repository.s3", "true",
                                "walkback.repository.bucket", "eu1/shop"))
                        .repositoryUrl())
                .isEqualTo(URI.create("s3://eu1/shop"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65"})
    void slotsHaveBounds(String slots) {
        assertThatThrownBy(() -> bind(Map.of("walkback.repository.url", "file:///b", "walkback.restore.slots", slots)))
                .isInstanceOf(BindException.class)
                .rootCause()
                .hasMessageContaining("walkback.restore.slots must be 1..64, was " + slots);
    }
}
