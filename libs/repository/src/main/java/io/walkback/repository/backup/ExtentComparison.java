package io.walkback.repository.backup;

import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.extent.NamingKey;
import io.walkback.repository.manifest.FileExtent;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells whether bytes are the content of an extent, by the keyed digest that names it: the very one by which a
/// backup decides that an extent is stored already. Nothing is read from the repository. Not thread-safe; one costs
/// about 100 KiB.
public final class ExtentComparison {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final Digester digester;
    private final List<Digest128> frames = new ArrayList<>(Extents.FRAMES_PER_EXTENT);
    private @Nullable Digest128 zeros;

    ExtentComparison(NamingKey key) {
        this.digester = new Digester(key);
    }

    /// Whether the first `length` of `bytes` are all of the extent's content, whatever pieces it is stored in.
    public boolean isContent(FileExtent extent, byte[] bytes, int length) {
        if (length != extent.length()) {
            return false;
        }
        return (length == Extents.EXTENT && isZero(bytes) ? zeros(bytes) : identity(bytes, length))
                .equals(extent.identity());
    }

    /// A whole extent of zeros, which relations that grow ahead of their rows have many of, is named once.
    private Digest128 zeros(byte[] bytes) {
        Digest128 known = zeros;
        if (known == null) {
            known = identity(bytes, Extents.EXTENT);
            zeros = known;
        }
        return known;
    }

    private static boolean isZero(byte[] bytes) {
        return (long) WORD.get(bytes, 0) == 0
                && Arrays.equals(bytes, 0, Extents.EXTENT - Long.BYTES, bytes, Long.BYTES, Extents.EXTENT);
    }

    private Digest128 identity(byte[] bytes, int length) {
        frames.clear();
        for (int at = 0; at < length; at += Extents.FRAME) {
            frames.add(digester.digest(Digester.Domain.FRAME, bytes, at, Math.min(Extents.FRAME, length - at)));
        }
        return digester.identity(length, frames);
    }
}
