package io.walkback.repository.wal;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.format.Damage;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.Footer;
import io.walkback.repository.seal.FrameCipher;
import io.walkback.repository.seal.FrameLabel;
import io.walkback.repository.seal.ObjectSeal;
import java.util.HexFormat;
import java.util.Optional;

/// What the end of a WAL object says of its content. In a sealed object all but the length is sealed too: the
/// SHA-256 of plain text would tell whoever can guess the text that he is right.
///
/// @param sha256 of the plain bytes, in lower-case hexadecimal
/// @param length bytes of the footer
record WalFooter(long plainLength, String sha256, Optional<CommitTimes> times, int length) {
    private static final int SEALED = 5;
    private static final int SHA_256 = 32;

    static byte[] encode(ObjectSeal object, long plainLength, byte[] sha256, Optional<CommitTimes> times) {
        Fields.Builder fields = Fields.builder();
        if (!object.isSealed()) {
            return Footer.encode(content(fields.put(1, f -> f.u64(plainLength)), sha256, times));
        }
        byte[] content = content(fields, sha256, times).toByteArray();
        byte[] sealed = new byte[content.length + ObjectSeal.TAG];
        new FrameCipher().seal(object, label(content.length), content, 0, content.length, sealed, 0);
        return Footer.encode(Fields.builder().put(1, f -> f.u64(plainLength)).put(SEALED, f -> f.raw(sealed)));
    }

    static WalFooter read(BlobStore store, ObjectSeal object, long size) {
        return of(Footer.read(store, object.key(), size, SEALED), object);
    }

    /// The footer of an object, all of whose bytes are given.
    static WalFooter parse(ObjectSeal object, byte[] whole) {
        return of(Footer.parse(object.key(), whole, SEALED), object);
    }

    /// How many plain bytes an object says that it has, which anybody can read. All of it is given.
    static long plainLength(BlobKey key, byte[] whole) {
        return Footer.parse(key, whole, SEALED).fields().get(1).u64();
    }

    private static WalFooter of(Footer footer, ObjectSeal object) {
        Fields outer = footer.fields();
        if (outer.find(SEALED).isPresent() != object.isSealed()) {
            throw Damage.corrupt(object.key(), "a footer that does not fit its seal");
        }
        Fields content = object.isSealed() ? open(object, outer.get(SEALED)) : outer;
        Optional<CommitTimes> times = content.find(3).map(first -> times(object.key(), first, content));
        return new WalFooter(
                outer.get(1).u64(), HexFormat.of().formatHex(content.get(2).raw(SHA_256)), times, footer.length());
    }

    private static Fields.Builder content(Fields.Builder fields, byte[] sha256, Optional<CommitTimes> times) {
        fields.put(2, f -> f.raw(sha256));
        times.ifPresent(t -> fields.put(3, f -> f.time(t.first())).put(4, f -> f.time(t.last())));
        return fields;
    }

    private static Fields open(ObjectSeal object, ByteSource source) {
        byte[] sealed = source.raw(source.remaining());
        byte[] content = new byte[Math.max(0, sealed.length - ObjectSeal.TAG)];
        new FrameCipher().open(object, label(content.length), sealed, 0, sealed.length, content, 0);
        return Fields.parse(new ByteSource(object.key(), content), SEALED - 1);
    }

    private static FrameLabel label(int length) {
        return new FrameLabel(ObjectSeal.FOOTER, 0, 0, 0, length);
    }

    private static CommitTimes times(BlobKey key, ByteSource first, Fields content) {
        try {
            return new CommitTimes(first.time(), content.get(4).time());
        } catch (IllegalArgumentException backwards) {
            throw Damage.corrupt(key, "impossible commit times: " + backwards.getMessage());
        }
    }
}
