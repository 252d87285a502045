package io.walkback.repository.wal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.ByteRange;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.FrameEncoder;
import io.walkback.repository.extent.FrameSealer;
import io.walkback.repository.extent.FrameSink;
import io.walkback.repository.extent.FrameStream;
import io.walkback.repository.extent.FrameStreamWriter;
import io.walkback.repository.format.Damage;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.NewObject;
import io.walkback.repository.seal.ObjectSeal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;

/// Writes and reads one WAL or history object: header, frames, footer. Thread-safe; a call takes about 2 MiB.
///
/// What was written is read back before [#put] returns: the store must hold exactly those bytes. What was there
/// before is decoded whole and compared by its content, since another writer sealed it with another id.
final class WalObjects {
    /// Of zstd. Measured on WAL (docs/performance.md): 3 takes two to seven times the processor time of 1, and
    /// packs full-page images 5 % tighter, text 10 % worse.
    static final int LEVEL = 1;

    static final int DATABASE = 5;

    private final Lineage lineage;

    /// What an object is, and what its header must therefore say.
    ///
    /// @param start LSN of the first byte; not for history files
    record Name(BlobKey key, ObjectKind kind, int timeline, OptionalLong start, long plainLength) {
        Fields.Builder fields(Lineage lineage) {
            Fields.Builder fields = Fields.builder()
                    .put(1, f -> f.u64(lineage.system().value()))
                    .put(2, f -> f.u32(timeline));
            start.ifPresent(lsn -> fields.put(3, f -> f.u64(lsn))
                    .put(4, f -> f.u32(lineage.geometry().walSegmentSize())));
            return fields.put(DATABASE, f -> f.text(lineage.database().value()));
        }
    }

    WalObjects(Lineage lineage) {
        this.lineage = lineage;
    }

    /// Stores `plain`, which must have exactly the name's length, and reads it back.
    ///
    /// @param times asked for after the last byte
    StoreOutcome put(Name name, InputStream plain, Supplier<Optional<CommitTimes>> times) {
        BlobStore store = lineage.store();
        if (store.size(name.key()).isPresent()) {
            return compare(name, digestOf(name, plain));
        }
        MessageDigest sha256 = sha256();
        byte[] digest;
        StoredDigest written = new StoredDigest(new Digester(lineage.namingKey()));
        NewObject object = lineage.begin(name.key(), name.kind(), lineage.dailyKey(), name.fields(lineage));
        try (BlobWriter out = store.newWriter(name.key());
                FrameEncoder encoder = new FrameEncoder(LEVEL)) {
            FrameSink both = (bytes, offset, length) -> {
                written.add(bytes, offset, length);
                out.write(bytes, offset, length);
            };
            byte[] header = object.header();
            both.write(header, 0, header.length);
            FrameStreamWriter frames = new FrameStreamWriter(
                    new Digester(lineage.namingKey()), encoder, new FrameSealer(object.seal()), both);
            pump(name, plain, (bytes, length) -> {
                sha256.update(bytes, 0, length);
                frames.write(bytes, 0, length);
            });
            frames.flush();
            digest = sha256.digest();
            byte[] footer = WalFooter.encode(object.seal(), name.plainLength(), digest, times.get());
            both.write(footer, 0, footer.length);
            if (out.commit() == PutOutcome.ALREADY_THERE) {
                return compare(name, digest);
            }
        }
        if (!isStored(name.key(), written)) {
            // Damaged, or a store in which two writers can win; the other one may have written the same.
            compare(name, digest);
        }
        return StoreOutcome.STORED;
    }

    /// Opens an object; empty only when the store said that there is none.
    Optional<WalObject> find(Name name) {
        OptionalLong size = lineage.store().size(name.key());
        return size.isEmpty() ? Optional.empty() : Optional.of(open(name, size.getAsLong()));
    }

    /// The id of the data key that an object is sealed with; empty where it is not sealed, or not there.
    Optional<UUID> dataKey(Name name) {
        OptionalLong size = lineage.store().size(name.key());
        return size.isEmpty()
                ? Optional.empty()
                : Optional.of(header(name, headerBytes(name, size.getAsLong())))
                        .filter(ObjectHeader::isSealed)
                        .map(ObjectHeader::keyId);
    }

    private WalObject open(Name name, long size) {
        BlobKey key = name.key();
        byte[] bytes = headerBytes(name, size);
        ObjectHeader header = header(name, bytes);
        ObjectSeal seal = lineage.seal(key, bytes, header);
        WalFooter footer = WalFooter.read(lineage.store(), seal, size);
        long plainLength = footer.plainLength();
        if (name.kind() == ObjectKind.WAL && plainLength != name.plainLength()) {
            throw Damage.corrupt(key, "it holds " + plainLength + " bytes instead of " + name.plainLength());
        }
        long stored = size - header.length() - footer.length();
        if (stored < 0 || plainLength < 0) {
            throw Damage.corrupt(key, "its parts do not fit its size of " + size);
        }
        return new WalObject(
                key,
                plainLength,
                size,
                footer.sha256(),
                header.createdAt(),
                footer.times(),
                () -> content(seal, new ByteRange(header.length(), stored), plainLength, footer.sha256()));
    }

    private byte[] headerBytes(Name name, long size) {
        BlobKey key = name.key();
        try (InputStream in = lineage.store().open(key, new ByteRange(0, Math.min(size, ObjectHeader.LONGEST)))) {
            return ObjectHeader.read(key, in, size);
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
    }

    ObjectHeader header(Name name, byte[] bytes) {
        BlobKey key = name.key();
        ObjectHeader header = ObjectHeader.parse(key, bytes, name.kind());
        lineage.check(key, header, DATABASE);
        Fields fields = header.fields();
        boolean sameTimeline = fields.get(2).u32() == name.timeline();
        boolean sameBytes = name.start().isEmpty()
                || (fields.get(3).u64() == name.start().getAsLong()
                        && fields.get(4).u32() == lineage.geometry().walSegmentSize());
        if (!sameTimeline || !sameBytes) {
            throw Damage.corrupt(key, "it was written under another name");
        }
        return header;
    }

    private InputStream content(ObjectSeal object, ByteRange frames, long plainLength, String sha256) {
        InputStream text = new FrameStream(
                object,
                lineage.store().open(object.key(), frames),
                new Digester(lineage.namingKey()),
                0,
                frames.length(),
                plainLength);
        return new DigestCheckedStream(
                object.key(), text, sha256(), HexFormat.of().parseHex(sha256));
    }

    private byte[] digestOf(Name name, InputStream plain) {
        MessageDigest sha256 = sha256();
        pump(name, plain, (bytes, length) -> sha256.update(bytes, 0, length));
        return sha256.digest();
    }

    /// Whether the store holds exactly the bytes that were written. Reads them, and decodes nothing: that costs a
    /// tenth of decoding, and what can be wrong beyond it is our own encoder, which verification watches.
    private boolean isStored(BlobKey key, StoredDigest written) {
        long size = BlobReads.sizeOf(lineage.store(), key);
        if (size != written.length()) {
            return false;
        }
        StoredDigest read = new StoredDigest(new Digester(lineage.namingKey()));
        try (InputStream in = lineage.store().open(key, new ByteRange(0, size))) {
            read.addAll(key, in, size);
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
        return MessageDigest.isEqual(read.value(), written.value());
    }

    /// Reads the stored object whole, decodes it, and compares it with what it should be.
    private StoreOutcome compare(Name name, byte[] sha256) {
        WalObject stored = find(name).orElseThrow(() -> BlobReads.missing(lineage.store(), name.key()));
        try (InputStream in = stored.open()) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException impossible) {
            throw new IllegalStateException("a store's stream throws no IOException", impossible);
        }
        if (!stored.sha256().equals(HexFormat.of().formatHex(sha256))) {
            throw new OperatorActionException(
                    FailureCode.WAL_CONFLICT,
                    "object '" + name.key() + "' is already in repository '"
                            + lineage.store().location() + "' with other content",
                    "Two servers may be archiving into one repository, or one was restored and not given a new"
                            + " timeline. Stop one of them; nothing was overwritten.");
        }
        return StoreOutcome.ALREADY_THERE;
    }

    private interface Sink {
        void accept(byte[] bytes, int length);
    }

    private static void pump(Name name, InputStream plain, Sink sink) {
        byte[] buffer = new byte[64 << 10];
        long total = 0;
        try {
            for (int count = plain.read(buffer); count >= 0; count = plain.read(buffer)) {
                total += count;
                if (total > name.plainLength()) {
                    break;
                }
                sink.accept(buffer, count);
            }
        } catch (IOException unreadable) {
            throw new OperatorActionException(
                    FailureCode.WAL_INVALID,
                    "the wal for '" + name.key() + "' cannot be read: " + unreadable.getMessage(),
                    "Check the file or connection that it comes from.",
                    unreadable);
        }
        if (total != name.plainLength()) {
            throw new OperatorActionException(
                    FailureCode.WAL_INVALID,
                    "the wal for '" + name.key() + "' does not have exactly " + name.plainLength() + " bytes",
                    "Nothing was stored. The sender was cut off, or has another wal segment size.");
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
