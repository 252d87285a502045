package io.walkback.postgres.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalRecordReaderTest {
    private static final class Seen implements WalEvents {
        final List<TransactionEnd> transactions = new ArrayList<>();
        final List<RestorePoint> points = new ArrayList<>();
        final List<SegmentSummary> segments = new ArrayList<>();

        @Override
        public void transactionEnded(TransactionEnd transaction) {
            transactions.add(transaction);
        }

        @Override
        public void restorePoint(RestorePoint point) {
            points.add(point);
        }

        @Override
        public void segmentEnded(SegmentSummary summary) {
            segments.add(summary);
        }
    }

    private static Seen read(byte[] wal, int slice) {
        return read(wal, 0, slice, WalBuilder.SOURCE);
    }

    private static Seen read(byte[] wal, int from, int slice, WalSource source) {
        Seen seen = new Seen();
        WalRecordReader reader = new WalRecordReader(source, WalBuilder.START.plus(from), seen);
        for (int at = from; at < wal.length; at += slice) {
            reader.accept(WalBuilder.START.plus(at), wal, at, Math.min(slice, wal.length - at));
        }
        assertThat(reader.position()).isEqualTo(WalBuilder.START.plus(wal.length));
        return seen;
    }

    private static byte[] restorePoint(String name) {
        ByteBuffer data = ByteBuffer.allocate(72).order(ByteOrder.LITTLE_ENDIAN).putLong(5_000_000L);
        data.put(name.getBytes(StandardCharsets.UTF_8));
        return data.array();
    }

    private static WalBuilder sample() {
        WalBuilder wal = new WalBuilder(4);
        wal.commit(700, 1_000_000L);
        wal.record(0, 0x70, 0, restorePoint("noon"));
        wal.record(1, 0x20, 701, new byte[8]);
        wal.record(10, 0, 702, new byte[400_000]);
        wal.commit(702, 3_000_000L);
        wal.fillSegment();
        wal.commit(703, 2_000_000L);
        wal.switchSegment();
        wal.commit(704, 4_000_000L);
        return wal;
    }

    @Property(tries = 40)
    void slicesOfAnyLengthTellTheSame(@ForAll @IntRange(min = 1, max = 300_000) int slice) {
        byte[] wal = sample().written();
        Seen seen = read(wal, slice);
        assertThat(seen.transactions).extracting(TransactionEnd::xid).containsExactly(700L, 701L, 702L, 703L, 704L);
        assertThat(seen.transactions)
                .extracting(TransactionEnd::committed)
                .containsExactly(true, false, true, true, true);
        assertThat(seen.transactions.getFirst().time()).isEqualTo(Instant.parse("2000-01-01T00:00:01Z"));
        assertThat(seen.transactions.getFirst().record()).isEqualTo(WalBuilder.START.plus(40));
        assertThat(seen.transactions.getFirst().end()).isEqualTo(WalBuilder.START.plus(40 + 40));
        assertThat(seen.points).extracting(RestorePoint::name).containsExactly("noon");
        assertThat(seen.segments).hasSize(2);
        SegmentSummary first = seen.segments.getFirst();
        assertThat(first.whole()).isTrue();
        assertThat(first.commits()).isEqualTo(2);
        assertThat(first.aborts()).isOne();
        assertThat(first.firstCommit()).isEqualTo(Instant.parse("2000-01-01T00:00:01Z"));
        assertThat(first.lastCommit()).isEqualTo(Instant.parse("2000-01-01T00:00:03Z"));
        assertThat(first.latestTime()).isEqualTo(Instant.parse("2000-01-01T00:00:03Z"));
        assertThat(first.firstXid()).isEqualTo(700);
        assertThat(first.lastXid()).isEqualTo(702);
        assertThat(first.restorePoints()).hasSize(1);
        assertThat(seen.segments.getLast().commits()).isOne();
    }

    @Test
    void aReaderThatBeginsWithinARecordPassesItsRestOver() {
        byte[] wal = sample().written();
        Seen seen = read(wal, 8192, 5000, WalBuilder.SOURCE);
        assertThat(seen.transactions).extracting(TransactionEnd::xid).containsExactly(702L, 703L, 704L);
        assertThat(seen.segments.getFirst().whole()).isFalse();
        assertThat(seen.segments.getLast().whole()).isTrue();
    }

    @Test
    void aRecordThatACrashCutShortIsGivenUpWhereTheServerSaysSo() {
        WalBuilder wal = new WalBuilder(1);
        wal.commit(1, 1);
        Lsn complete = wal.records.getLast();
        wal.record(10, 0, 2, new byte[9000]);
        byte[] bytes = Arrays.copyOf(wal.bytes.array(), 8192 * 2);
        // The second page as the server writes it after the crash: no rest, and the flag that gives the record up.
        WalBuilder after = new WalBuilder(1);
        after.bytes.position(8192);
        after.commit(3, 3);
        System.arraycopy(after.bytes.array(), 8192, bytes, 8192, 64);
        Arrays.fill(bytes, 8192 + 64, bytes.length, (byte) 0);
        bytes[8192 + 2] = 8;
        ByteBuffer record = ByteBuffer.wrap(bytes, 8192 + 24, 40).slice().order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(16, 0); // info and resource manager are those of the commit
        record.put(17, (byte) 1);
        record.putLong(8, complete.bytes());
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(bytes, 8192 + 24 + 24, record.getInt(0) - 24);
        crc.update(bytes, 8192 + 24, 20);
        record.putInt(20, (int) crc.getValue());
        Seen seen = read(Arrays.copyOf(bytes, 8192 + 64), 1000);
        assertThat(seen.transactions).extracting(TransactionEnd::xid).containsExactly(1L, 3L);
    }

    @Property(tries = 300)
    void noFlippedBitGoesUnnoticed(
            @ForAll @IntRange(min = 0, max = 65_535) int at, @ForAll @IntRange(min = 0, max = 7) int bit) {
        WalBuilder builder = new WalBuilder(1);
        while (builder.bytes.position() < 65_600) {
            builder.record(10, 0, 9, new byte[1000]);
        }
        byte[] wal = builder.written();
        wal[at] ^= (byte) (1 << bit);
        // Padding, in headers and between records, is the only thing that nobody reads.
        int inPage = at % 8192;
        boolean unreadHeader = inPage >= 20 && inPage < 24;
        boolean removable = inPage == 2 && bit == 2;
        // The first page may give up a record that we did not see.
        boolean givenUp = at == 2 && bit == 3;
        boolean padding = builder.records.stream().anyMatch(start -> {
            long from = start.minus(WalBuilder.START);
            return at >= from - 8 && at < from;
        });
        boolean unread = unreadHeader || removable || givenUp || padding;
        if (unread) {
            return;
        }
        assertThatThrownBy(() -> read(wal, 4096)).isInstanceOf(CorruptDataException.class);
    }

    @ParameterizedTest // pitfall 8
    @CsvSource({
        "0,01,has magic D101",
        "2,40,has flags 0042",
        "2,00,has flags 0000",
        "4,02,is of timeline 2",
        "8,01,says that it is at",
        "32,01,says segments of",
        "36,01,and pages of"
    })
    void aPageThatIsNotWhatItClaimsToBeIsNamed(int at, String hex, String why) {
        byte[] wal = sample().written();
        wal[at] = (byte) (at == 2 && hex.equals("40") ? 0x42 : Integer.parseInt(hex, 16));
        WalPageChecker checker = new WalPageChecker(WalBuilder.SOURCE, WalBuilder.START);
        assertThatThrownBy(() -> checker.accept(WalBuilder.START, wal, 0, wal.length))
                .isInstanceOfSatisfying(CorruptDataException.class, fault -> assertThat(fault.code())
                        .isEqualTo(FailureCode.WAL_INVALID))
                .hasMessageContaining(why)
                .hasMessageContaining("wal at 0/500000 of timeline 1");
    }

    @Test // pitfall 8
    void walOfAnotherClusterHasItsOwnCode() {
        byte[] wal = sample().written();
        WalSource other =
                new WalSource(15, new SystemIdentifier(43), TimelineHistory.root(TimelineId.FIRST), WalBuilder.SEGMENT);
        WalPageChecker checker = new WalPageChecker(other, WalBuilder.START);
        assertThatThrownBy(() -> checker.accept(WalBuilder.START, wal, 0, wal.length))
                .isInstanceOfSatisfying(CorruptDataException.class, fault -> assertThat(fault.code())
                        .isEqualTo(FailureCode.SYSTEM_IDENTIFIER_MISMATCH));
    }

    @Test
    void aHoleBetweenTwoSlicesIsNoticed() {
        byte[] wal = sample().written();
        WalPageChecker checker = new WalPageChecker(WalBuilder.SOURCE, WalBuilder.START);
        checker.accept(WalBuilder.START, wal, 0, 100);
        assertThat(checker.position()).isEqualTo(WalBuilder.START.plus(100));
        assertThatThrownBy(() -> checker.accept(WalBuilder.START.plus(101), wal, 101, 100))
                .hasMessageContaining("does not follow 0/500064");
        assertThatThrownBy(() -> new WalPageChecker(WalBuilder.SOURCE, new Lsn(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {8192, 300_000})
    void zerosAreOnlyAcceptedWhereASwitchLeftThem(int from) {
        byte[] wal = sample().written();
        Arrays.fill(wal, from / 8192 * 8192, WalBuilder.SEGMENT, (byte) 0);
        assertThatThrownBy(() -> read(wal, 8192)).hasMessageContaining("no switch came before");
        byte[] dirty = sample().written();
        dirty[2 * WalBuilder.SEGMENT - 1] = 1;
        assertThatThrownBy(() -> read(dirty, 8192)).isInstanceOf(CorruptDataException.class);
        WalPageChecker checker = new WalPageChecker(WalBuilder.SOURCE, WalBuilder.START);
        assertThatThrownBy(() -> checker.accept(WalBuilder.START, dirty, 0, dirty.length))
                .hasMessageContaining("after a page without a header");
    }
}
