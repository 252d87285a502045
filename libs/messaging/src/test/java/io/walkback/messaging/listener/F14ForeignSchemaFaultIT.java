package io.walkback.messaging.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.event.BackupRequested;
import io.walkback.messaging.serde.Samples;
import io.walkback.schemas.Schemas;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/// F14: a producer that bypasses the registry with an incompatible schema.
class F14ForeignSchemaFaultIT extends ListenerBench {
    @Test // F14
    void aRecordOfAnIncompatibleSchemaThatBypassedTheRegistryGoesToTheDeadLetters() throws Exception {
        // Given
        int before = inbox.letters.size();
        Schema incompatible = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"BackupRequested\",\"namespace\":\"" + Schemas.NAMESPACE
                        + "\",\"fields\":[{\"name\":\"eventId\",\"type\":\"long\"}]}");
        byte[] bytes = {0, 0, 0, 0, 0, 2};
        ByteBuffer.wrap(bytes).putInt(1, register("somewhere-else-value", incompatible));
        // When
        raw("shop", bytes);
        BackupRequested after = Samples.request("shop", number);
        send(after);
        // Then
        awaitRequest(after);
        awaitLetters(before + 1);
        assertThat(inbox.letters.get(before).value()).isEqualTo(bytes);
    }
}
