package io.walkback.repository.seal;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import java.time.Instant;
import java.util.UUID;

/// Seals and opens throw-away bytes until the JDK uses its intrinsic for AES-GCM: without that the first seconds
/// of a backup run at some 70 MiB/s instead of gigabytes. For services that live long; a short command does not
/// win by it.
public final class WarmUp {
    private static final int FRAME = 256 << 10;
    private static final int ROUNDS = 400;

    private WarmUp() {}

    /// Starts it on a daemon thread of its own and returns. 100 MiB; under a second of one core.
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
        FrameCipher cipher = new FrameCipher();
        byte[] plain = new byte[FRAME];
        byte[] sealed = new byte[FRAME + ObjectSeal.TAG];
        for (int round = 0; round < ROUNDS && !Thread.currentThread().isInterrupted(); round++) {
            FrameLabel label = new FrameLabel(round, 0, 0, 0, FRAME);
            cipher.seal(seal, label, plain, 0, FRAME, sealed, 0);
            cipher.open(seal, label, sealed, 0, sealed.length, plain, 0);
        }
    }
}
