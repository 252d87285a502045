package io.walkback.scheduler.command;

import static io.walkback.scheduler.Samples.NOW;
import static io.walkback.scheduler.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.RetryableException;
import io.walkback.domain.event.AuditEntry;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.command.CommandWriter.Act;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class CommandWriterTest {
    private final Sent sent = new Sent(NOW);

    private void write(String subject) {
        sent.commands.write(
                Act.of("anne", "backup.request", subject, SHOP, AuditOutcome.ALLOWED),
                List.of(Samples.backupRequested("shop", subject)));
    }

    @Test // pitfall 75
    void writesEachCommandWithItsLinkInTheAuditChain() {
        // When
        write("b1");
        write("b2");
        write("b2");
        // Then
        List<AuditEntry> entries = sent.messages(AuditEntry.class).toList();
        assertThat(entries).extracting(AuditEntry::sequence).containsExactly(0L, 1L, 2L);
        assertThat(entries)
                .extracting(AuditEntry::writer)
                .containsOnly(entries.getFirst().writer());
        assertThat(entries.get(0).previousHash()).isEqualTo("0".repeat(64));
        assertThat(entries.get(1).previousHash()).isEqualTo(entries.get(0).hash());
        assertThat(entries.get(2).previousHash()).isEqualTo(entries.get(1).hash());
        assertThat(entries).extracting(AuditEntry::hash).doesNotHaveDuplicates();
        assertThat(sent.committed()).hasSize(6);
    }

    @Test
    void beginsANewChainAfterACommitWhoseEndIsUnknown() {
        // Given
        sent.failNextCommit(new KafkaException("injected"));
        assertThatThrownBy(() -> write("b1"))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("backup.request")
                .hasMessageContaining("b1");
        // When
        write("b1");
        // Then
        assertThat(sent.messages(AuditEntry.class)).singleElement().satisfies(entry -> assertThat(entry.sequence())
                .isZero());
    }

    @Test
    void removesWithATombstone() {
        // When
        sent.commands.remove(
                Act.of("anne", "database.remove", "shop", SHOP, AuditOutcome.SUCCEEDED), "databases", List.of("shop"));
        // Then
        assertThat(sent.committed().toList().getFirst()).satisfies(record -> {
            assertThat(record.key()).isEqualTo("shop");
            assertThat(record.value()).isNull();
        });
        sent.commands.close();
    }
}
