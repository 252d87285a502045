package io.walkback.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ContainerModeTest {
    @Test
    void requiredFailsWithoutAnEngineAndAutoTakesLocalProcesses() {
        assertThat(ContainerMode.AUTO.useContainers(() -> true)).isTrue();
        assertThat(ContainerMode.AUTO.useContainers(() -> false)).isFalse();
        assertThat(ContainerMode.REQUIRED.useContainers(() -> true)).isTrue();
        assertThatThrownBy(() -> ContainerMode.REQUIRED.useContainers(() -> false))
                .hasMessageContaining("walkback.it.containers=required");
        assertThat(ContainerMode.NEVER.useContainers(() -> {
                    throw new AssertionError("asked for an engine although none is wanted");
                }))
                .isFalse();
    }

    @Test
    void isReadFromTextAndRefusesOtherWords() {
        assertThat(ContainerMode.of(" required ")).isEqualTo(ContainerMode.REQUIRED);
        assertThat(ContainerMode.of("Auto")).isEqualTo(ContainerMode.AUTO);
        assertThatThrownBy(() -> ContainerMode.of("maybe")).hasMessageContaining("maybe");
    }
}
