package io.walkback.messaging.listener;

import io.walkback.domain.event.BackupRequested;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;

/// Records as a producer of another team makes them, with nothing but Avro.
final class PlainRecords {
    private PlainRecords() {}

    static IndexedRecord of(Schema schema, BackupRequested request) {
        GenericData.Record record = new GenericData.Record(schema);
        record.put("eventId", request.eventId().toString());
        record.put("database", request.database().value());
        record.put("occurredAt", micros(request.occurredAt()));
        record.put("requestId", request.requestId());
        record.put("backupId", request.backupId().value());
        record.put(
                "type",
                new GenericData.EnumSymbol(
                        schema.getField("type").schema(), request.type().name()));
        record.put("requestedBy", request.requestedBy());
        record.put("notAfter", micros(request.notAfter()));
        record.put("labels", request.labels());
        record.put("pgMajor", request.pgMajor());
        record.put("dbnames", request.dbnames());
        return record;
    }

    private static long micros(Instant at) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }
}
