package io.walkback.repository.manifest;

import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.format.Damage;

/// The records of a manifest's entries section.
final class EntryCodec {
    static final int DIRECTORY = 1;
    static final int SYMBOLIC_LINK = 2;
    static final int TABLESPACE = 3;
    static final int FILE_BEGINS = 4;
    static final int EXTENTS = 5;
    static final int FILE_ENDS = 6;
    static final int DELTA_EXTENTS = 7;
    static final int STREAM_BEGINS = 8;

    /// No record has a longer body.
    static final int LONGEST_BODY = 1 << 16;

    private EntryCodec() {}

    static void attributes(ByteSink sink, EntryAttributes attributes) {
        sink.varint(attributes.mode()).varint(attributes.uid()).varint(attributes.gid());
        sink.text(attributes.owner()).text(attributes.group()).time(attributes.modifiedAt());
    }

    static EntryAttributes attributes(ByteSource source) {
        return new EntryAttributes(
                source.count(07777, "permission bits"),
                source.length("a user id"),
                source.length("a group id"),
                source.text(),
                source.text(),
                source.time());
    }

    static EntryPath path(ByteSource source) {
        String text = source.text();
        if (!EntryPath.isValid(text)) {
            throw Damage.corrupt(source.key(), "a path that leads out of the data directory");
        }
        return new EntryPath(text);
    }

    static FileKind kind(ByteSource source) {
        int number = source.u8();
        for (FileKind kind : FileKind.values()) {
            if (kind.number() == number) {
                return kind;
            }
        }
        throw Damage.unknown(source.key(), "a file of kind " + number);
    }
}
