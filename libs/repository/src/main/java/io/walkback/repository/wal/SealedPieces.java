package io.walkback.repository.wal;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.extent.FrameEncoder;
import io.walkback.repository.extent.FrameSealer;
import io.walkback.repository.extent.FrameStream;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.Damage;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.NewObject;
import io.walkback.repository.seal.ObjectSeal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/// Pieces of WAL that lie elsewhere than in the store, such as in the records of a log. Each is, byte for byte, an
/// object that the archive could store as that piece: sealed, bound to its lineage and to its place, checked in the
/// same way (docs/formats/repository.md). For one thread; holds 1 MiB until closed.
public final class SealedPieces implements AutoCloseable {
    /// The most plain bytes of one: a frame.
    public static final int LONGEST = Extents.FRAME;

    /// For messages about bytes whose name is not known yet.
    private static final BlobKey UNNAMED = new BlobKey("sealed-piece");

    /// What a sealed piece says that it is, before its seal is opened.
    public record Name(SystemIdentifier system, WalPiece piece) {}

    private final Lineage lineage;
    private final WalObjects objects;
    private final FrameEncoder encoder = new FrameEncoder(WalObjects.LEVEL);
    private final ByteSink frame = new ByteSink(FrameEncoder.HEADER + LONGEST);

    public SealedPieces(Lineage lineage) {
        this.lineage = lineage;
        this.objects = new WalObjects(lineage);
    }

    /// Seals the piece's bytes, 1 to [#LONGEST]. The wrapped key that it is sealed with is in the store when this
    /// returns; the store is not waited for, but for the first one, so it may be a key of the day before.
    public byte[] seal(WalPiece piece, byte[] plain, int offset) {
        int length = (int) piece.to().minus(piece.from());
        WalObjects.Name name = name(piece);
        NewObject object = lineage.begin(name.key(), name.kind(), lineage.dailyKeyAtOnce(), name.fields(lineage));
        byte[] header = object.header();
        MessageDigest sha256 = WalObjects.sha256();
        sha256.update(plain, offset, length);
        ByteSink sealed = new ByteSink(header.length + length + 512).raw(header);
        frame.clear();
        int encoded = encoder.encode(
                plain,
                offset,
                length,
                new Digester(lineage.namingKey()).digest(Digester.Domain.FRAME, plain, offset, length),
                frame);
        new FrameSealer(object.seal()).pass(frame.array(), 0, encoded, Digest128.NONE, sealed::raw);
        return sealed.raw(WalFooter.encode(object.seal(), length, sha256.digest(), Optional.empty()))
                .toByteArray();
    }

    /// What `sealed` says that it is. Nothing but its structure is checked. [CorruptDataException] where it is no
    /// piece of WAL at all.
    public static Name nameOf(byte[] sealed) {
        byte[] bytes = headerBytes(UNNAMED, sealed);
        Fields fields = ObjectHeader.parse(UNNAMED, bytes, ObjectKind.WAL).fields();
        try {
            Lsn from = new Lsn(fields.get(3).u64());
            return new Name(
                    new SystemIdentifier(fields.get(1).u64()),
                    new WalPiece(
                            WalSegment.containing(
                                    new TimelineId(fields.get(2).u32()),
                                    from,
                                    fields.get(4).u32()),
                            from,
                            from.plus(WalFooter.plainLength(UNNAMED, sealed))));
        } catch (IllegalArgumentException impossible) {
            throw Damage.corrupt(UNNAMED, "an impossible place in the wal: " + impossible.getMessage());
        }
    }

    /// The plain bytes of a piece of this lineage, every one of them checked.
    public byte[] open(WalPiece piece, byte[] sealed) {
        WalObjects.Name name = name(piece);
        BlobKey key = name.key();
        byte[] bytes = headerBytes(key, sealed);
        ObjectHeader header = objects.header(name, bytes);
        ObjectSeal seal = lineage.seal(key, bytes, header);
        WalFooter footer = WalFooter.parse(seal, sealed);
        int stored = sealed.length - header.length() - footer.length();
        if (stored < 0 || footer.plainLength() != name.plainLength()) {
            throw Damage.corrupt(key, "it holds " + footer.plainLength() + " bytes instead of " + name.plainLength());
        }
        InputStream frames = new FrameStream(
                seal,
                new ByteArrayInputStream(sealed, header.length(), stored),
                new Digester(lineage.namingKey()),
                0,
                stored,
                footer.plainLength());
        try (InputStream plain = new DigestCheckedStream(
                key, frames, WalObjects.sha256(), HexFormat.of().parseHex(footer.sha256()))) {
            return plain.readAllBytes();
        } catch (IOException impossible) {
            throw new IllegalStateException("a stream over an array throws no IOException", impossible);
        }
    }

    private WalObjects.Name name(WalPiece piece) {
        return new WalObjects.Name(
                lineage.partial(piece.segment(), piece.from(), piece.to()),
                ObjectKind.WAL,
                piece.segment().timeline().value(),
                OptionalLong.of(piece.from().bytes()),
                piece.to().minus(piece.from()));
    }

    private static byte[] headerBytes(BlobKey key, byte[] sealed) {
        return ObjectHeader.read(key, new ByteArrayInputStream(sealed), sealed.length);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
