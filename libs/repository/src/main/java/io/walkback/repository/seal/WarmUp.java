package io.walkback.repository.seal;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import java.time.Instant;
import java.util.UUID;

/// Seals and opens throw-away bytes until the JDK uses its intrinsic for AES-GCM: until its caller is compiled, the
/// first seconds of a backup or restore run at some 70 MiB/s instead of gigabytes.
///
/// The compiler counts calls, not bytes, so most frames are small: 18 MiB, 0.3 s of one core, where frames of a
/// backup's size took 100 MiB. Some large ones after them take the path of many steps.
public final class WarmUp {
    private static final int SMALL = 1 << 10;
    private static final int SMALL_ROUNDS = 6_000;
    private static final int LARGE = 256 << 10;
    private static final int LARGE_ROUNDS = 50;

    private WarmUp() {}

    /// Starts it on a daemon thread of its own and returns.
    public static Thread inBackground() {
        return Thread.ofPlatform().daemon().name("walkback-seal-warm-up").start(WarmUp::run);
    }

    static void run() {
        BlobKey key = new BlobKey("warm-up");
        byte[] header = ObjectHeader.encode(
                ObjectKind.PACK,
                UUID.randomUUID(),
                UUID.randomUUID(),
                UUID.randomUUID(),
                Instant.EPOCH,
                Fields.builder());
        ObjectSeal seal =
                ObjectSeal.of(key, header, ObjectHeader.parse(key, header, ObjectKind.PACK), DataKey.random());
        rounds(seal, SMALL, SMALL_ROUNDS);
        rounds(seal, LARGE, LARGE_ROUNDS);
    }

    private static void rounds(ObjectSeal seal, int length, int rounds) {
        FrameCipher cipher = new FrameCipher();
        byte[] plain = new byte[length];
        byte[] sealed = new byte[length + ObjectSeal.TAG];
        for (int round = 0; round < rounds && !Thread.currentThread().isInterrupted(); round++) {
            FrameLabel label = new FrameLabel(round, 0, 0, 0, length);
            cipher.seal(seal, label, plain, 0, length, sealed, 0);
            cipher.open(seal, label, sealed, 0, sealed.length, plain, 0);
        }
    }
}
