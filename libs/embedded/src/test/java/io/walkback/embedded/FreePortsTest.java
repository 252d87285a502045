package io.walkback.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    void portsDifferAreFreeAndLieBelowThoseOfOutgoingConnections() {
        List<Integer> ports = FreePorts.several(50);
        assertThat(ports)
                .doesNotHaveDuplicates()
                .doesNotContain(FreePorts.one())
                .allSatisfy(port -> {
                    assertThat(port).isBetween(15_000, 32_767);
                    assertThat(FreePorts.isFree(port)).isTrue();
                });
    }

    @Test
    void aPortWithAListenerIsNotFree() throws IOException {
        try (ServerSocket taken = new ServerSocket(FreePorts.one(), 1, InetAddress.getLoopbackAddress())) {
            assertThat(FreePorts.isFree(taken.getLocalPort())).isFalse();
        }
    }
}
