package io.walkback.messaging.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.Event;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.messaging.avro.AnyMessage;
import io.walkback.messaging.serde.Samples;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RoutesTest {
    @Provide
    Arbitrary<Object> messages() {
        return Arbitraries.of(AnyMessage.types())
                .flatMap(type -> AnyMessage.of(type).map(made -> (Object) made));
    }

    @Property(tries = 500)
    void everythingThatTravelsHasATopicAndAKey(@ForAll("messages") Object message) {
        assertThat(Routes.topic(message).name()).isNotBlank();
        switch (message) {
            case Event event ->
                assertThat(Routes.key(message)).isEqualTo(event.database().value());
            case OperationRecord logged ->
                assertThat(Routes.key(message)).isEqualTo(logged.database().value());
            case Operation operation ->
                assertThat(Routes.key(message)).isEqualTo(operation.database() + "/" + operation.id());
            case BackupCatalogEntry entry ->
                assertThat(Routes.key(message)).isEqualTo(entry.header().database() + "/" + entry.backupId());
            default -> assertThat(Routes.key(message)).isNotNull();
        }
    }

    @Test
    void aRequestGoesToItsTopicUnderItsDatabase() {
        var record = Routes.record(Samples.request("shop", 1));
        assertThat(record.topic()).isEqualTo("backup-requested");
        assertThat(record.key()).isEqualTo(new DatabaseId("shop").value());
        assertThat(record.partition()).isNull();
        assertThat(Routes.record(Samples.request("shop", 1), 7).partition()).isEqualTo(7);
    }

    @Test
    void whatDoesNotTravelHasNoRoute() {
        assertThatThrownBy(() -> Routes.key("text")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Routes.topic("text")).isInstanceOf(IllegalArgumentException.class);
    }
}
