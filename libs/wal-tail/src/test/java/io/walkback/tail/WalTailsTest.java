package io.walkback.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import io.walkback.repository.Repository;
import io.walkback.repository.fs.FileSystemBlobStore;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.layout.Lineage;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalTailsTest {
    private static final DatabaseId SHOP = new DatabaseId("shop");

    @Test // F09: a client cannot even be made then
    void brokersWhoseNamesDoNotResolveAreAway(@TempDir Path directory) {
        WalTails tails = new WalTails(
                new KafkaClients(new KafkaSettings(
                        "no-broker.invalid:9092", "http://127.0.0.1:9", directory.resolve("state"), true, Map.of())),
                true);
        TailWriter.Listener nobody = new TailWriter.Listener() {
            @Override
            public void durable(Lsn from, Lsn to) {}

            @Override
            public void lost(Lsn from, Lsn to, Exception cause) {}
        };
        try (Repository repository =
                Repository.init(FileSystemBlobStore.create(directory.resolve("repository")), Clock.systemUTC())) {
            Lineage lineage = repository
                    .forWriting(SHOP, new SystemIdentifier(7), new ClusterGeometry(1 << 20, ClusterGeometry.BLOCK_SIZE))
                    .lineage();
            List<ThrowingCallable> calls = List.of(
                    () -> tails.ensure(SHOP),
                    () -> tails.find(SHOP),
                    () -> tails.writer(SHOP, lineage, TimelineId.FIRST, nobody));
            for (ThrowingCallable call : calls) {
                assertThatThrownBy(call)
                        .isInstanceOfSatisfying(RetryableException.class, away -> assertThat(away.code())
                                .isEqualTo(FailureCode.BROKER_UNAVAILABLE))
                        .hasMessageContaining("no client of the brokers can be made");
            }
        }
    }
}
