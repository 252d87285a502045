package io.walkback.benchmarks.stages;

import io.walkback.postgres.page.PageChecksum;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.EncodedExtent;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.extent.FrameDecoder;
import io.walkback.repository.extent.FrameEncoder;
import io.walkback.repository.extent.FrameSealer;
import io.walkback.repository.extent.FrameSink;
import io.walkback.repository.extent.NamingKey;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.seal.DataKey;
import io.walkback.repository.seal.ObjectSeal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The steps of a backup in their order, and those of a restore.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmx256m", "--enable-native-access=ALL-UNNAMED"})
public class Stages {
    private static final int LEVEL = 3;
    private static final int PAGES = Extents.EXTENT / PageChecksum.PAGE_SIZE;

    @Param
    public Content content = Content.ROWS;

    private final byte[] plain = new byte[Extents.EXTENT];
    private final Digester digester = new Digester(NamingKey.random());
    private final FrameEncoder encoder = new FrameEncoder(LEVEL);
    private final FrameDecoder decoder = new FrameDecoder(digester);
    private final PageChecksum checksum = new PageChecksum();
    private final EncodedExtent extent = new EncodedExtent();
    private final ObjectSeal seal = seal();
    private FrameSealer sealer = new FrameSealer(seal);
    private byte[] stored = new byte[0];

    /// An extent as the store would have it.
    @Setup
    public void prepare() {
        content.fill(plain, new Random(1));
        extent.clear(true);
        extent.fill(plain, 0, plain.length);
        extent.identify(digester);
        extent.encode(encoder);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        pass(out::write);
        stored = out.toByteArray();
    }

    @TearDown
    public void free() {
        encoder.close();
        decoder.close();
    }

    /// The audit of a relation's pages.
    @Benchmark
    public int pageChecksums() {
        int folded = 0;
        for (int page = 0; page < PAGES; page++) {
            folded ^= checksum.compute(plain, page * PageChecksum.PAGE_SIZE, page);
        }
        return folded;
    }

    /// Digests of pages and frames, and the extent's identity: all that an unchanged extent costs.
    @Benchmark
    public Digest128 identify() {
        return extent.identify(digester);
    }

    /// Compression and checksums.
    @Benchmark
    public int encode() {
        extent.encode(encoder);
        return extent.frames().size();
    }

    /// Encryption.
    @Benchmark
    public int sealing() {
        sealer = new FrameSealer(seal);
        int[] bytes = new int[1];
        pass((_, _, length) -> bytes[0] += length);
        return bytes[0];
    }

    /// What a restore does with an extent: checksum, decryption, decompression, digests.
    @Benchmark
    public int decode() {
        ByteArrayInputStream in = new ByteArrayInputStream(stored);
        int bytes = 0;
        while (in.available() > 0) {
            decoder.next(seal, in, in.available(), extent.identity(), FrameDecoder.ANY);
            bytes += decoder.plainLength();
        }
        return bytes;
    }

    private void pass(FrameSink out) {
        int at = 0;
        for (int length : extent.frameLengths()) {
            sealer.pass(extent.frames().array(), at, length, extent.identity(), out);
            at += length;
        }
    }

    private static ObjectSeal seal() {
        BlobKey key = new BlobKey("stages");
        byte[] header = ObjectHeader.encode(
                ObjectKind.PACK,
                UUID.randomUUID(),
                UUID.randomUUID(),
                UUID.randomUUID(),
                Instant.EPOCH,
                Fields.builder());
        return ObjectSeal.of(key, header, ObjectHeader.parse(key, header, ObjectKind.PACK), DataKey.random());
    }
}
