package io.walkback.backup.wal;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.wal.SealedPieces;
import io.walkback.repository.wal.WalPiece;
import io.walkback.tail.TailLog;
import io.walkback.tail.TailRecord;
import io.walkback.tail.TailTopics;
import io.walkback.tail.TailWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A tail in memory; its records are sealed as a writer seals them. For one thread, but for its fault.
final class MemoryTail implements TailLog, TailTopics {
    static final UUID WRITER = new UUID(0, 1);

    private final List<TailRecord> records = new ArrayList<>();
    /// Offsets of records of a version that nobody here knows.
    final Set<Long> unreadable = new HashSet<>();

    volatile @Nullable RuntimeException fault;
    private final AtomicInteger asked = new AtomicInteger();
    private long first;

    static RetryableException away() {
        return new RetryableException(FailureCode.BROKER_UNAVAILABLE, "the brokers are away", "A test took them away.");
    }

    /// Adds what lies between two offsets of a segment, one record for each `step` bytes.
    void add(Lineage lineage, UUID writer, WalSegment segment, byte[] content, int from, int to, int step) {
        try (SealedPieces pieces = new SealedPieces(lineage)) {
            for (int at = from; at < to; at += step) {
                WalPiece piece = new WalPiece(
                        segment, segment.start().plus(at), segment.start().plus(Math.min(to, at + step)));
                records.add(new TailRecord(records.size(), writer, pieces.seal(piece, content, at)));
            }
        }
    }

    /// Adds a record whose seal is broken.
    void addDamaged(Lineage lineage, WalSegment segment, byte[] content, int from, int to) {
        try (SealedPieces pieces = new SealedPieces(lineage)) {
            WalPiece piece = new WalPiece(
                    segment, segment.start().plus(from), segment.start().plus(to));
            byte[] sealed = pieces.seal(piece, content, from);
            sealed[sealed.length / 2] ^= 1;
            records.add(new TailRecord(records.size(), WRITER, sealed));
        }
    }

    /// How often somebody wanted to know something of the brokers.
    int asked() {
        return asked.get();
    }

    List<TailRecord> left() {
        return records.subList((int) first, records.size());
    }

    @Override
    public Span span() {
        return new Span(first, records.size());
    }

    @Override
    public void read(Span span, Reader reader) {
        for (long at = span.first(); at < span.end(); at++) {
            if (!(unreadable.contains(at) ? reader.unreadable(at) : reader.take(records.get((int) at)))) {
                return;
            }
        }
    }

    @Override
    public void trim(long offset) {
        first = offset;
    }

    @Override
    public void close() {}

    private void answer() {
        asked.incrementAndGet();
        RuntimeException thrown = fault;
        if (thrown != null) {
            throw thrown;
        }
    }

    @Override
    public void ensure(DatabaseId database) {
        answer();
    }

    @Override
    public TailWriter writer(DatabaseId database, Lineage lineage, TimelineId timeline, TailWriter.Listener listener) {
        throw away();
    }

    @Override
    public Optional<TailLog> find(DatabaseId database) {
        answer();
        return Optional.of(this);
    }
}
