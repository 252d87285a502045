package io.walkback.messaging.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.event.BackupRequested;
import io.walkback.messaging.real.RealKafka;
import io.walkback.messaging.serde.Samples;
import io.walkback.schemas.Schemas;
import java.time.Duration;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/// F12 with real processes: the registry is killed, records wait, nothing becomes a dead letter.
class F12RegistryRestartFaultIT extends ListenerBench {
    @Test // F12
    void aRecordWaitsForTheRegistryAndIsNeverADeadLetterForIt() throws Exception {
        // Given
        int before = inbox.letters.size();
        String newer = Schemas.latest("BackupRequested")
                .toString()
                .replaceFirst("\"doc\"", "\"alias\":\"x\",\"doc\"")
                .replace(
                        "{\"name\":\"requestId\"",
                        "{\"name\":\"mood\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"requestId\"");
        int id = register(TOPIC + "-value", new Schema.Parser().parse(newer));
        send(Samples.request("shop", number + 2)); // Our own id is learnt, as after any run before.
        RealKafka.schemaRegistry().kill();
        BackupRequested waiting = Samples.request("shop", number);
        BackupRequested behind = Samples.request("shop", number + 1);
        byte[] bytes = avroOf(new Schema.Parser().parse(newer), id, waiting);
        // When
        raw("shop", bytes);
        send(behind);
        await().during(Duration.ofSeconds(3)).atMost(DEADLINE).until(() -> !inbox.requests.contains(behind));
        RealKafka.schemaRegistry().start();
        // Then
        awaitRequest(waiting);
        awaitRequest(behind);
        assertThat(inbox.letters).hasSize(before);
    }
}
