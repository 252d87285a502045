package io.walkback.repository.manifest;

import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.format.Damage;

/// A part of a manifest: where its frames are, how long its text is, and how many records that has.
record Section(long offset, long storedLength, long plainLength, long records) {
    void write(ByteSink sink) {
        sink.u64(offset).u64(storedLength).u64(plainLength).u64(records);
    }

    static Section read(ByteSource source) {
        Section section = new Section(source.u64(), source.u64(), source.u64(), source.u64());
        if (section.offset < 0
                || section.storedLength < 0
                || section.plainLength < 0
                || section.records < 0
                || section.offset + section.storedLength < 0) {
            throw Damage.corrupt(source.key(), "an impossible section " + section);
        }
        return section;
    }

    long end() {
        return offset + storedLength;
    }
}
