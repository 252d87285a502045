package io.walkback.postgres.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.postgres.Cluster;
import io.walkback.postgres.Judge;
import io.walkback.postgres.connection.SlotStatus;
import io.walkback.postgres.wal.RestorePoint;
import io.walkback.postgres.wal.SegmentSummary;
import io.walkback.postgres.wal.TransactionEnd;
import io.walkback.postgres.wal.WalEvents;
import io.walkback.postgres.wal.WalRecordReader;
import io.walkback.postgres.wal.WalSource;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalStreamIT {
    private static final int SEGMENT = 1 << 20;
    private static final String SLOT = "walkback_test";

    @TempDir
    Path directory;

    /// Keeps the bytes and reads the records; confirms everything at once.
    private static final class Receiver implements WalSink, WalEvents {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final List<TransactionEnd> transactions = new ArrayList<>();
        final List<RestorePoint> points = new ArrayList<>();
        final List<SegmentSummary> segments = new ArrayList<>();
        final WalRecordReader reader;
        final WalStream stream;
        volatile Lsn received;

        Receiver(ReplicationConnection connection, TimelineHistory history, Lsn start) {
            WalSource source = new WalSource(
                    connection.serverMajor(), connection.identifySystem().identifier(), history, SEGMENT);
            reader = new WalRecordReader(source, start, this);
            stream = connection.walStream(SLOT, start, history.timeline(), Clock.systemUTC());
            received = start;
        }

        CompletableFuture<WalStreamEnd> run() {
            CompletableFuture<WalStreamEnd> end = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    end.complete(stream.run(this));
                } catch (RuntimeException fault) {
                    end.completeExceptionally(fault);
                }
            });
            return end;
        }

        @Override
        public void data(Lsn start, byte[] buffer, int offset, int length) {
            reader.accept(start, buffer, offset, length);
            bytes.write(buffer, offset, length);
            received = start.plus(length);
            stream.advance(received, received);
        }

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

        void awaitPast(String lsn) {
            await().atMost(Cluster.PATIENCE).until(() -> !received.isBefore(Lsn.parse(lsn)));
        }
    }

    private Cluster start(int major) {
        return Cluster.start(
                major, directory, config -> config.withInitdb("--wal-segsize=1").withSetting("wal_keep_size", "256MB"));
    }

    private static Lsn segmentStart(Lsn position) {
        return WalSegment.containing(TimelineId.FIRST, position, SEGMENT).start();
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void walStreamsAcrossSegmentsByteForByteAndIsReadAsPgWaldumpReadsIt(int major) throws Exception {
        try (Cluster source = start(major);
                ReplicationConnection connection = source.replication()) {
            // Given
            SlotPosition slot = connection.ensureSlot(SLOT);
            assertThat(connection.ensureSlot(SLOT)).isEqualTo(slot);
            Lsn start = segmentStart(slot.restart());
            Receiver receiver = new Receiver(connection, TimelineHistory.root(slot.timeline()), start);
            CompletableFuture<WalStreamEnd> end = receiver.run();
            // When
            source.execute(
                    "CREATE TABLE w AS SELECT g AS id, repeat(md5(g::text), 20) AS t FROM generate_series(1, 9000) g",
                    "SELECT pg_create_restore_point('before the fall')",
                    "BEGIN; INSERT INTO w VALUES (0); ROLLBACK",
                    "SELECT pg_switch_wal()",
                    "INSERT INTO w SELECT g, 'x' FROM generate_series(1, 100) g",
                    "SELECT pg_switch_wal()");
            String last = source.query("SELECT pg_current_wal_flush_lsn()");
            receiver.awaitPast(last);
            // Then
            await().atMost(Cluster.PATIENCE)
                    .until(() -> source.query("SELECT flush_lsn >= '" + last + "' AND write_lsn >= flush_lsn"
                                    + " FROM pg_stat_replication WHERE application_name = 'walkback_test'")
                            .equals("t"));
            receiver.stream.stop();
            assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(WalStreamEnd.Stopped.class);
            assertThat(connection.readSlot(SLOT).orElseThrow().restart()).isGreaterThanOrEqualTo(Lsn.parse(last));
            assertThat(receiver.segments).hasSizeGreaterThan(7);
            assertThat(receiver.points).extracting(RestorePoint::name).containsExactly("before the fall");
            byte[] bytes = receiver.bytes.toByteArray();
            for (SegmentSummary summary : receiver.segments) {
                int from = Math.toIntExact(summary.segment().start().minus(start));
                Path file = source.server
                        .dataDirectory()
                        .resolve("pg_wal")
                        .resolve(summary.segment().fileName());
                assertThat(Files.mismatch(file, write(bytes, from)))
                        .as(file.toString())
                        .isEqualTo(-1);
            }
            if (major == 15) {
                assertThat(dumped(source, receiver)).isEqualTo(receiver.transactions.size());
            }
            connection.dropSlot(SLOT);
            assertThat(connection.readSlot(SLOT)).isEmpty();
        }
    }

    @Test
    void theTimelineEndsAtAPromotionAndTheNextOneFollowsFromItsHistory() throws Exception {
        try (Cluster source = start(15)) {
            // Given
            BackupToDirectory copy = new BackupToDirectory(directory);
            source.execute("CREATE TABLE p AS SELECT g AS id FROM generate_series(1, 1000) g");
            try (ReplicationConnection connection = source.replication()) {
                connection.baseBackup(BaseBackupOptions.fast("standby"), copy);
            }
            Files.createFile(copy.data.resolve("standby.signal"));
            Files.writeString(
                    copy.data.resolve("postgresql.auto.conf"),
                    "primary_conninfo = 'host=127.0.0.1 port=" + source.server.port()
                            + " user=walkback password=wandering'\n");
            try (Cluster standby = Cluster.on(15, copy.data)) {
                standby.server.start();
                try (ReplicationConnection connection = standby.replication()) {
                    SystemIdentity identity = connection.identifySystem();
                    SlotPosition slot = connection.ensureSlot(SLOT);
                    Lsn start = segmentStart(slot.restart());
                    Receiver first = new Receiver(connection, TimelineHistory.root(identity.timeline()), start);
                    CompletableFuture<WalStreamEnd> end = first.run();
                    source.execute("INSERT INTO p VALUES (0)");
                    first.awaitPast(source.query("SELECT pg_current_wal_flush_lsn()"));
                    // When
                    source.server.stop();
                    standby.execute("SELECT pg_promote()");
                    // Then
                    var switched = (WalStreamEnd.TimelineSwitched) end.get(60, TimeUnit.SECONDS);
                    assertThat(switched.next()).isEqualTo(new TimelineId(2));
                    assertThat(switched.switchPoint()).isEqualTo(switched.received());
                    TimelineHistory history =
                            TimelineHistory.parse(switched.next(), connection.timelineHistory(switched.next()));
                    assertThat(history.endOf(identity.timeline())).contains(switched.switchPoint());
                    Lsn again = segmentStart(switched.switchPoint());
                    standby.execute("INSERT INTO p VALUES (-1)");
                    Receiver second = new Receiver(connection, history, again);
                    CompletableFuture<WalStreamEnd> end2 = second.run();
                    second.awaitPast(standby.query("SELECT pg_current_wal_flush_lsn()"));
                    // An orderly shutdown waits for us and is told apart from a lost connection.
                    standby.server.stop();
                    assertThat(end2.get(30, TimeUnit.SECONDS)).isInstanceOf(WalStreamEnd.ServerShutdown.class);
                    assertThat(second.transactions).isNotEmpty();
                }
            }
        }
    }

    @Test
    void aSlotInUseIsNamedAndItsHolderCanBeEnded() throws Exception {
        try (Cluster source = start(15);
                ReplicationConnection holder = source.replication();
                ReplicationConnection other = source.replication();
                Connection sql = Cluster.CONNECTOR.connect(source.walkback(), "test", Cluster.PATIENCE)) {
            SlotPosition slot = holder.ensureSlot(SLOT);
            Lsn start = segmentStart(slot.restart());
            Receiver receiver = new Receiver(holder, TimelineHistory.root(TimelineId.FIRST), start);
            CompletableFuture<WalStreamEnd> end = receiver.run();
            receiver.awaitPast(slot.restart().toString());
            assertThatThrownBy(() -> other.walStream(SLOT, start, TimelineId.FIRST, Clock.systemUTC())
                            .run((at, buffer, offset, length) -> {}))
                    .isInstanceOfSatisfying(PlatformException.class, fault -> assertThat(fault.code())
                            .isEqualTo(FailureCode.POSTGRES_SLOTS));
            // When
            SlotStatus status = SlotStatus.read(sql, SLOT, "here").orElseThrow();
            assertThat(status.activePid()).isPositive();
            assertThat(status.lost()).isFalse();
            assertThat(SlotStatus.endHolder(sql, SLOT, "here")).isTrue();
            // Then
            assertThatThrownBy(() -> end.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(PlatformException.class, fault -> assertThat(fault.code())
                            .isEqualTo(FailureCode.POSTGRES_CONNECTION_LOST));
            await().atMost(Cluster.PATIENCE)
                    .until(() ->
                            SlotStatus.read(sql, SLOT, "here").orElseThrow().activePid() == 0);
            assertThat(SlotStatus.endHolder(sql, SLOT, "here")).isFalse();
            assertThat(SlotStatus.read(sql, "nobody", "here")).isEmpty();
        }
    }

    @Test
    void aSlotOrWalOrHistoryThatIsNotThereHasItsOwnCode() throws Exception {
        try (Cluster source = start(15)) {
            try (ReplicationConnection connection = source.replication()) {
                assertCode(connection, "walkback_nobody", Lsn.parse("0/1000000"), 1, FailureCode.WAL_SLOT_LOST);
            }
            try (ReplicationConnection connection = source.replication()) {
                connection.ensureSlot(SLOT);
                assertCode(connection, SLOT, Lsn.parse("0/1000000"), 7, FailureCode.TIMELINE_CHANGED);
            }
            try (ReplicationConnection connection = source.replication()) {
                Lsn gone = segmentStart(connection.readSlot(SLOT).orElseThrow().restart());
                String file =
                        WalSegment.containing(TimelineId.FIRST, gone, SEGMENT).fileName();
                source.execute("SELECT pg_switch_wal()", "CREATE TABLE next_segment ()");
                Files.delete(source.server.dataDirectory().resolve("pg_wal").resolve(file));
                assertCode(connection, SLOT, gone, 1, FailureCode.WAL_SLOT_LOST);
            }
            try (ReplicationConnection connection = source.replication()) {
                assertThatThrownBy(() -> connection.timelineHistory(new TimelineId(9)))
                        .isInstanceOf(PlatformException.class);
            }
        }
    }

    private static void assertCode(
            ReplicationConnection connection, String slot, Lsn start, int timeline, FailureCode code) {
        assertThatThrownBy(() -> connection
                        .walStream(slot, start, new TimelineId(timeline), Clock.systemUTC())
                        .run((at, buffer, offset, length) -> {}))
                .isInstanceOfSatisfying(PlatformException.class, fault -> assertThat(fault.code())
                        .isEqualTo(code));
    }

    private Path write(byte[] bytes, int from) throws Exception {
        Path file = directory.resolve("received");
        try (var out = Files.newOutputStream(file)) {
            out.write(bytes, from, SEGMENT);
        }
        return file;
    }

    /// Compares commits and aborts with pg_waldump's and returns how many there were.
    private static int dumped(Cluster source, Receiver receiver) {
        Lsn from = receiver.transactions.getFirst().record();
        List<String> lines = Judge.run(
                        "pg_waldump",
                        "--path=" + source.server.dataDirectory().resolve("pg_wal"),
                        "--rmgr=Transaction",
                        "--start=" + from,
                        "--end=" + receiver.received)
                .output()
                .lines()
                .toList();
        int found = 0;
        for (String line : lines) {
            if (line.contains("desc: COMMIT") || line.contains("desc: ABORT")) {
                TransactionEnd ours = receiver.transactions.get(found++);
                String time =
                        ours.time().truncatedTo(ChronoUnit.MICROS).toString().replace('T', ' ');
                assertThat(line)
                        .contains("tx: " + String.format(java.util.Locale.ROOT, "%10d", ours.xid()))
                        .contains(String.format(
                                java.util.Locale.ROOT,
                                "lsn: %X/%08X",
                                ours.record().bytes() >>> 32,
                                ours.record().bytes() & 0xFFFF_FFFFL))
                        .contains("desc: " + (ours.committed() ? "COMMIT " : "ABORT "))
                        .contains(time.substring(0, Math.min(23, time.length() - 1)));
            }
        }
        return found;
    }
}
