package io.walkback.repository.manifest;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.format.Damage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// A manifest's entries in the order of the backup, read as they are asked for: one file with its extents is held
/// at a time. Used by one thread and closed by it. `next` throws damage and store failures.
public final class EntryStream implements Iterator<ManifestEntry>, AutoCloseable {
    private final BlobKey key;
    private final InputStream in;
    private final int packs;
    private final long records;
    private long read;
    private @Nullable ManifestEntry ahead;

    EntryStream(BlobKey key, InputStream text, int packs, long records) {
        this.key = key;
        this.in = new BufferedInputStream(text, 64 << 10);
        this.packs = packs;
        this.records = records;
    }

    @Override
    public boolean hasNext() {
        if (ahead == null && read < records) {
            ahead = readEntry();
        }
        if (ahead == null) {
            finish();
        }
        return ahead != null;
    }

    @Override
    public ManifestEntry next() {
        if (!hasNext() || ahead == null) {
            throw new NoSuchElementException("no more entries in '" + key + "'");
        }
        ManifestEntry entry = ahead;
        ahead = null;
        return entry;
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
    }

    private void finish() {
        if (readByte() >= 0) {
            throw Damage.corrupt(key, "entries after the last one");
        }
    }

    private ManifestEntry readEntry() {
        int type = readType();
        ByteSource body = readBody();
        ManifestEntry entry =
                switch (type) {
                    case EntryCodec.DIRECTORY ->
                        new ManifestEntry.Directory(EntryCodec.path(body), EntryCodec.attributes(body));
                    case EntryCodec.SYMBOLIC_LINK ->
                        new ManifestEntry.SymbolicLink(EntryCodec.path(body), EntryCodec.attributes(body), body.text());
                    case EntryCodec.TABLESPACE -> new ManifestEntry.Tablespace(body.u32(), body.text());
                    case EntryCodec.FILE_BEGINS -> readFile(body, true);
                    case EntryCodec.STREAM_BEGINS -> readFile(body, false);
                    default -> throw Damage.unknown(key, "an entry of type " + type);
                };
        body.end();
        return entry;
    }

    /// @param sized whether the beginning says how long the file is; its end always does
    private ManifestEntry.File readFile(ByteSource start, boolean sized) {
        EntryPath path = EntryCodec.path(start);
        EntryAttributes attributes = EntryCodec.attributes(start);
        FileKind kind = EntryCodec.kind(start);
        long size = sized ? start.length("a file size") : -1;
        List<FileExtent> extents = new ArrayList<>();
        long bytes = 0;
        while (true) {
            int type = readType();
            ByteSource body = readBody();
            if (type == EntryCodec.FILE_ENDS) {
                long end = body.varint();
                if (end != bytes || body.varint() != extents.size() || (sized && bytes != size)) {
                    throw Damage.corrupt(
                            key, "file '" + path + "' does not add up to " + (sized ? size : end) + " bytes");
                }
                body.end();
                return new ManifestEntry.File(path, attributes, kind, bytes, extents);
            }
            if (type != EntryCodec.EXTENTS && type != EntryCodec.DELTA_EXTENTS) {
                throw Damage.unknown(key, "a record of type " + type + " within a file");
            }
            while (body.remaining() > 0) {
                if (bytes % Extents.EXTENT != 0) {
                    throw Damage.corrupt(key, "file '" + path + "' has a short extent before its end");
                }
                FileExtent extent = type == EntryCodec.EXTENTS
                        ? FileExtent.whole(ExtentCodec.whole(body, packs))
                        : ExtentCodec.read(body, packs);
                extents.add(extent);
                bytes += extent.length();
            }
        }
    }

    private int readType() {
        int type = readByte();
        if (type < 0 || read == records) {
            throw Damage.corrupt(key, "entries that end too early");
        }
        read++;
        return type;
    }

    private ByteSource readBody() {
        long length = 0;
        for (int shift = 0; shift <= 14; shift += 7) {
            int next = readByte();
            if (next < 0) {
                throw Damage.corrupt(key, "entries that end too early");
            }
            length |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                if (length > EntryCodec.LONGEST_BODY) {
                    break;
                }
                byte[] body = new byte[(int) length];
                BlobReads.fill(in, key, body, 0, body.length);
                return new ByteSource(key, body);
            }
        }
        throw Damage.corrupt(key, "an entry record of " + length + " bytes");
    }

    private int readByte() {
        try {
            return in.read();
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
    }
}
