package io.walkback.messaging.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.event.BackupRequested;
import io.walkback.messaging.serde.Samples;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

/// F15: garbage, a wrong first byte, no key, another key, a tombstone. Each goes to the dead letters once;
/// everybody lives on.
class F15PoisonMessageFaultIT extends ListenerBench {
    @Test // F15
    void poisonGoesToTheDeadLettersOnceWithItsBytesAndTheListenerLivesOn() throws Exception {
        // Given
        int before = inbox.letters.size();
        byte[] garbage = "\u0000\u0000garbage".getBytes(StandardCharsets.UTF_8);
        byte[] wrongMagic = {7, 0, 0, 0, 1, 2};
        byte[] good = avro(registeredId(), Samples.request("shop", number));
        // When
        raw("shop", garbage);
        raw("shop", wrongMagic);
        raw(null, good);
        raw("other", good);
        raw("shop", null);
        BackupRequested after = Samples.request("shop", number + 1);
        send(after);
        // Then
        awaitRequest(after);
        awaitLetters(before + 5);
        List<ConsumerRecord<byte[], byte[]>> letters = inbox.letters.subList(before, before + 5);
        assertThat(letters).allSatisfy(letter -> assertThat(DeadLetter.of(letter))
                .returns("RECORD_UNREADABLE", DeadLetter::code)
                .returns("requests", DeadLetter::group)
                .returns(TOPIC, DeadLetter::topic));
        assertThat(letters.stream().map(ConsumerRecord::value).map(ListenerBench::text))
                .containsExactlyInAnyOrder(text(garbage), text(wrongMagic), text(good), text(good), "null");
        assertThat(letters.stream().map(ConsumerRecord::key).map(ListenerBench::text))
                .containsExactlyInAnyOrder("shop", "shop", "null", "other", "shop");
    }

    @Test
    void aReaderOfDeadLettersThatFailsGoesOnWithTheNext() throws Exception {
        // Given
        int before = inbox.letters.size();
        inbox.letterReaderFails = true;
        // When
        raw("shop", new byte[] {1});
        raw("shop", new byte[] {2});
        // Then
        awaitLetters(before + 2);
        assertThat(CONTEXT.getBean(ListenerHealth.class).health().getStatus()).isEqualTo(Status.UP);
    }
}
