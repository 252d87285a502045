package io.walkback.postgres.replication;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One row of an answer, in text format. What cannot be read is `POSTGRES_PROTOCOL`, with the column's number.
final class Row {
    private final Wire wire;
    private final List<byte @Nullable []> columns;

    Row(Wire wire, List<byte @Nullable []> columns) {
        this.wire = wire;
        this.columns = columns;
    }

    boolean isNull(int column) {
        return raw(column) == null;
    }

    byte[] bytes(int column) {
        byte[] value = raw(column);
        if (value == null) {
            throw wire.unexpected("null in column " + column);
        }
        return value;
    }

    String text(int column) {
        return new String(bytes(column), StandardCharsets.UTF_8);
    }

    long number(int column) {
        return parsed(column, Long::parseLong);
    }

    Lsn lsn(int column) {
        return parsed(column, Lsn::parse);
    }

    TimelineId timeline(int column) {
        return parsed(column, text -> new TimelineId(Integer.parseUnsignedInt(text)));
    }

    SystemIdentifier systemIdentifier(int column) {
        return parsed(column, SystemIdentifier::parse);
    }

    private byte @Nullable [] raw(int column) {
        if (column >= columns.size()) {
            throw wire.unexpected("only " + columns.size() + " columns in a row");
        }
        return columns.get(column);
    }

    private <T> T parsed(int column, Function<String, T> parser) {
        String text = text(column);
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException _) {
            throw wire.unexpected("'" + text + "' in column " + column);
        }
    }
}
