package io.walkback.restore.preview;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgres: anne shop [local] idle",
                "postgres: anne shop 10.0.0.7(51234) SELECT",
                "postgres: 15/main: anne shop [local] idle in transaction",
                "postgres: anne my shop fe80::1%eth0(5) idle",
                "postgres: anne shop [local]"
            })
    void countsWhoeverHasAnAddress(String title) {
        assertThat(Clients.isClient(title)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgres: checkpointer",
                "postgres: 15/main: logical replication launcher",
                "postgres: walsender walkback [local] streaming 0/3000060",
                "postgres: 15/main: walsender walkback 10.0.0.7(51234) streaming 0/3000060",
                "postgres: startup recovering 000000010000000000000003",
                "/usr/lib/postgresql/15/bin/postgres -D /srv/pg",
                ""
            })
    void leavesOutTheServersOwnProcessesAndReplication(String title) {
        assertThat(Clients.isClient(title)).isFalse();
    }

    @Test
    void cannotTellWhereTheProcessIsGone() {
        assertThat(Clients.of(Integer.MAX_VALUE)).isNull();
    }
}
