package io.walkback.messaging.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.event.BackupFailed;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.schemas.Schemas;
import java.time.Instant;
import java.util.UUID;
import org.apache.avro.generic.GenericData;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class AvroMessagesTest {
    private static final BackupFailed FAILED = new BackupFailed(
            new EventHeader(
                    new UUID(1, 2), new DatabaseId("shop"), Instant.parse("2026-11-22T02:00:00.123456789Z"), 41L),
            new BackupId("shop-1"),
            BackupType.LOGICAL,
            new Problem(FailureCode.STORE_FULL, "no space", "Make some."),
            2,
            true);

    @Test
    void aHeaderAndAProblemAreSpreadOverTheFieldsOfTheirRecord() {
        // When
        SpecificRecord avro = AvroMessages.toAvro(FAILED);
        // Then
        assertThat(field(avro, "database")).isEqualTo("shop");
        assertThat(field(avro, "code")).isEqualTo("STORE_FULL");
        assertThat(field(avro, "stateVersion")).isEqualTo(41L);
        assertThat(field(avro, "occurredAt")).isEqualTo(Instant.parse("2026-11-22T02:00:00.123456Z"));
    }

    @Test
    void aFailureCodeOfANewerVersionIsShownAsUnknownWithItsMessage() {
        // Given
        SpecificRecord avro = AvroMessages.toAvro(FAILED);
        avro.put(avro.getSchema().getField("code").pos(), "MOON_TOO_FULL");
        // When
        Object read = AvroMessages.fromAvro(avro);
        // Then
        assertThat(read).isInstanceOfSatisfying(BackupFailed.class, failed -> assertThat(failed.problem())
                .isEqualTo(new Problem(FailureCode.UNKNOWN, "no space", "Make some.")));
    }

    @Test
    void aValueThatTheDomainRefusesMakesTheRecordUnreadable() {
        // Given
        SpecificRecord avro = AvroMessages.toAvro(FAILED);
        avro.put(avro.getSchema().getField("database").pos(), "../../etc");
        // When, Then
        assertThatThrownBy(() -> AvroMessages.fromAvro(avro))
                .isInstanceOfSatisfying(CorruptDataException.class, refused -> assertThat(refused.code())
                        .isEqualTo(FailureCode.RECORD_UNREADABLE))
                .hasMessageContaining("BackupFailed");
    }

    @Test
    void aVariantOfANewerVersionIsRefusedByName() {
        // Given
        SpecificRecord avro = (SpecificRecord) RecordShape.newRecord(
                SpecificData.get().getSchema(SpecificData.get().getClass(Schemas.latest("OperationLogRecord"))));
        avro.put(
                avro.getSchema().getField("variant").pos(),
                SpecificData.get()
                        .createEnum(
                                "UNKNOWN", avro.getSchema().getField("variant").schema()));
        // When, Then
        assertThatThrownBy(() -> AvroMessages.fromAvro(avro))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("no OperationRecord is called UNKNOWN");
    }

    @Test
    void aGenericRecordIsNotTakenForOneOfOurs() {
        // Given
        GenericData.Record generic = new GenericData.Record(Schemas.latest("BackupFailed"));
        // When, Then
        assertThatThrownBy(() -> AvroMessages.fromAvro(generic)).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void whatDoesNotTravelIsOurOwnFault() {
        assertThatThrownBy(() -> AvroMessages.toAvro("text")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTypeAndASchemaThatDoNotFitAreRefusedWhenTheyMeet() {
        assertThatThrownBy(() -> Conversions.of(BackupFailed.class, Schemas.latest("BackupExpired")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("BackupExpired");
    }

    private static Object field(SpecificRecord avro, String name) {
        return avro.get(avro.getSchema().getField(name).pos());
    }
}
