package io.walkback.repository.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// A store that says "created" and holds something else is found out before anybody is told that the WAL is safe
/// (P1, P6): the server would recycle the only good copy.
@ParameterizedClass(name = "sealed: {0}")
@ValueSource(booleans = {false, true})
class F28WalReadBackFaultTest {
    @Parameter
    boolean sealed;

    private static final WalSegment SEGMENT = new WalSegment(TimelineId.FIRST, 5, 1 << 20);
    private static final byte[] CONTENT = Samples.prose(SEGMENT.size(), 1);

    /// Answers a commit as if the object were there as it was written, after `instead` had its way.
    private static final class LyingStore extends MemoryBlobStore {
        private BiConsumer<BlobKey, byte[]> instead = (key, bytes) -> tamper(key, bytes);

        LyingStore() {
            super(Samples.CLOCK);
        }

        @Override
        public BlobWriter newWriter(BlobKey key) {
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            return new BlobWriter() {
                @Override
                public void write(byte[] bytes, int offset, int length) {
                    written.write(bytes, offset, length);
                }

                @Override
                public PutOutcome commit() {
                    instead.accept(key, written.toByteArray());
                    return PutOutcome.CREATED;
                }

                @Override
                public void close() {}
            };
        }
    }

    private final LyingStore store = new LyingStore();

    @Test // P3
    void aBitThatFlippedAnywhereInTheStoreIsFound() {
        int length = storedLength();
        for (int at = 0; at < length; at += Math.max(1, length / 97)) {
            int flipped = at;
            assertDamageFound(bytes -> {
                bytes[flipped] ^= 0x10;
                return bytes;
            });
        }
        assertDamageFound(bytes -> {
            bytes[bytes.length - 1] ^= 1;
            return bytes;
        });
    }

    @Test // F25
    void anObjectThatIsShorterOrLongerThanWhatWasWrittenIsFound() {
        assertDamageFound(bytes -> Arrays.copyOf(bytes, bytes.length - 1));
        assertDamageFound(bytes -> Arrays.copyOf(bytes, bytes.length / 2));
        assertDamageFound(bytes -> Arrays.copyOf(bytes, bytes.length + 1));
    }

    @Test
    void anObjectThatIsNotThereIsFound() {
        store.instead = (_, _) -> {};
        assertThatThrownBy(this::put)
                .isInstanceOfSatisfying(CorruptDataException.class, missing -> assertThat(missing.code())
                        .isEqualTo(FailureCode.OBJECT_MISSING));
    }

    @Test // pitfalls 2, 63
    void otherContentOfASecondWinnerIsAConflict() {
        byte[] other = another(Samples.prose(SEGMENT.size(), 2));
        store.instead = (key, _) -> store.tamper(key, other);
        assertThatThrownBy(this::put)
                .isInstanceOfSatisfying(OperatorActionException.class, conflict -> assertThat(conflict.code())
                        .isEqualTo(FailureCode.WAL_CONFLICT));
    }

    @Test // pitfalls 3, 63
    void theSameContentOfASecondWinnerIsSuccess() {
        byte[] other = another(CONTENT);
        store.instead = (key, _) -> store.tamper(key, other);
        assertThat(put()).isEqualTo(StoreOutcome.STORED);
    }

    /// The object that another writer makes of the content.
    private byte[] another(byte[] content) {
        put(content);
        byte[] other = store.bytes(key());
        store.delete(key());
        return other;
    }

    private void assertDamageFound(UnaryOperator<byte[]> damage) {
        store.delete(key());
        store.instead = (key, bytes) -> store.tamper(key, damage.apply(bytes));
        assertThatThrownBy(this::put).isInstanceOf(CorruptDataException.class).hasMessageContaining(key().value());
    }

    private int storedLength() {
        assertThat(put()).isEqualTo(StoreOutcome.STORED);
        return store.bytes(key()).length;
    }

    private BlobKey key() {
        return Samples.lineage(store, sealed).lineage().segment(SEGMENT);
    }

    private StoreOutcome put() {
        return put(CONTENT);
    }

    private StoreOutcome put(byte[] content) {
        return Samples.lineage(store, sealed)
                .wal()
                .putSegment(SEGMENT, new ByteArrayInputStream(content), Optional.empty());
    }
}
