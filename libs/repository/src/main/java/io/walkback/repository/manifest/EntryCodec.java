package io.walkback.repository.manifest;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.extent.FrameEncoder;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.format.Damage;
import io.walkback.repository.seal.ObjectSeal;
import java.util.ArrayList;
import java.util.List;

/// The records of a manifest's entries section.
final class EntryCodec {
    static final int DIRECTORY = 1;
    static final int SYMBOLIC_LINK = 2;
    static final int TABLESPACE = 3;
    static final int FILE_BEGINS = 4;
    static final int EXTENTS = 5;
    static final int FILE_ENDS = 6;

    /// No record has a longer body.
    static final int LONGEST_BODY = 1 << 16;

    /// What a file record says before its extents.
    record FileStart(EntryPath path, EntryAttributes attributes, FileKind kind, long size) {}

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

    static void extent(ByteSink sink, ExtentRef ref) {
        sink.varint(ref.length());
        ref.identity().write(sink);
        sink.varint(ref.pack()).varint(ref.offset()).u8(ref.frameLengths().size());
        ref.frameLengths().forEach(sink::varint);
    }

    /// @param packs rows of the manifest's pack table
    static ExtentRef extent(ByteSource source, int packs) {
        int length = source.count(Extents.EXTENT, "an extent");
        Digest128 identity = Digest128.read(source);
        int pack = source.count(packs - 1, "a pack position");
        long offset = source.length("an offset");
        int frames = source.u8();
        BlobKey key = source.key();
        if (length == 0 || frames != (length + Extents.FRAME - 1) / Extents.FRAME) {
            throw Damage.corrupt(key, "an extent of " + length + " bytes in " + frames + " frames");
        }
        List<Integer> lengths = new ArrayList<>(frames);
        for (int i = 0; i < frames; i++) {
            lengths.add(source.count(FrameEncoder.HEADER + Extents.FRAME + ObjectSeal.TAG, "a frame"));
        }
        return new ExtentRef(length, identity, pack, offset, lengths);
    }
}
