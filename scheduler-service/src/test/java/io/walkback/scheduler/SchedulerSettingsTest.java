package io.walkback.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/// What application.yml makes of the environment.
class SchedulerSettingsTest {
    private static SchedulerSettings started(Map<String, Object> variables) throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("variables", variables));
        new YamlPropertySourceLoader()
                .load("application.yml", new ClassPathResource("application.yml"))
                .forEach(environment.getPropertySources()::addLast);
        return Binder.get(environment).bindOrCreate("walkback", SchedulerSettings.class);
    }

    @Test
    void everyVariableIsHonoured() throws IOException {
        SchedulerSettings settings = started(Map.of(
                "BACKUP_ENABLED", "false",
                "BACKUP_RETENTION_DAYS", "9",
                "WALKBACK_NODE_NAME", "s1",
                "WALKBACK_OPERATIONS_LEASE", "3s",
                "WALKBACK_CONFIG", "/etc/walkback.yml"));
        assertThat(settings)
                .isEqualTo(new SchedulerSettings("s1", Duration.ofSeconds(3), Path.of("/etc/walkback.yml"), false, 9));
        assertThat(settings.retention()).isEqualTo(Duration.ofDays(9));
    }

    @Test
    void withoutThemBackupsAreMadeAndKeptForThirtyDays() throws IOException {
        SchedulerSettings settings = started(Map.of());
        assertThat(settings.backupEnabled()).isTrue();
        assertThat(settings.retention()).isEqualTo(Duration.ofDays(30));
        assertThat(settings.lease().heartbeat()).isPositive();
        assertThat(settings.config()).isNull();
        assertThat(settings.node()).isNotBlank();
    }

    @Test
    void daysThatCannotBeAreRefused() {
        for (int days : new int[] {0, 36_501}) {
            assertThatThrownBy(() -> new SchedulerSettings("s1", Duration.ofSeconds(3), null, true, days))
                    .isInstanceOf(OperatorActionException.class)
                    .hasMessageContaining(" " + days);
        }
    }
}
