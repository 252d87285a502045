package io.walkback.repository.format;

import io.walkback.repository.blob.BlobKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Tagged values: how headers, footers and facts grow without a new version.
///
/// A reader must know every tag below [#OPTIONAL] and may skip the others. Immutable.
public final class Fields {
    /// The first tag that a reader may skip when it does not know it.
    public static final int OPTIONAL = 0x80;

    private final BlobKey key;
    private final Map<Integer, byte[]> values;

    private Fields(BlobKey key, Map<Integer, byte[]> values) {
        this.key = key;
        this.values = values;
    }

    public static Builder builder() {
        return new Builder();
    }

    /// Parses the rest of `source`.
    ///
    /// @param highestKnown tags from 1 to this one are known; a higher one below [#OPTIONAL] is a newer version's
    /// and is refused
    public static Fields parse(ByteSource source, int highestKnown) {
        Map<Integer, byte[]> values = new HashMap<>();
        int last = 0;
        while (source.remaining() > 0) {
            int tag = source.u8();
            if (tag <= last) {
                throw Damage.corrupt(source.key(), "field " + tag + " after field " + last);
            }
            if (tag > highestKnown && tag < OPTIONAL) {
                throw Damage.unknown(source.key(), "a field " + tag);
            }
            last = tag;
            values.put(tag, source.counted());
        }
        return new Fields(source.key(), values);
    }

    /// The value of a field that must be there.
    public ByteSource get(int tag) {
        return find(tag).orElseThrow(() -> Damage.corrupt(key, "field " + tag + " is missing"));
    }

    public Optional<ByteSource> find(int tag) {
        return Optional.ofNullable(values.get(tag)).map(value -> new ByteSource(key, value));
    }

    /// Collects fields; tags must come in ascending order.
    public static final class Builder {
        private final List<byte[]> contents = new ArrayList<>();
        private final List<Integer> tags = new ArrayList<>();

        private Builder() {}

        public Builder put(int tag, Consumer<ByteSink> value) {
            if (!tags.isEmpty() && tags.getLast() >= tag) {
                throw new IllegalArgumentException("field " + tag + " after field " + tags.getLast());
            }
            ByteSink content = new ByteSink(32);
            value.accept(content);
            tags.add(tag);
            contents.add(content.toByteArray());
            return this;
        }

        public byte[] toByteArray() {
            ByteSink sink = new ByteSink(64);
            for (int i = 0; i < tags.size(); i++) {
                sink.u8(tags.get(i)).counted(contents.get(i));
            }
            return sink.toByteArray();
        }
    }
}
