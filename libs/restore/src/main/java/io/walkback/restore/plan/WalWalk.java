package io.walkback.restore.plan;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.WalSegment;
import io.walkback.postgres.wal.WalEvents;
import io.walkback.postgres.wal.WalRecordReader;
import io.walkback.postgres.wal.WalSource;
import io.walkback.repository.wal.WalArchive;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BooleanSupplier;

/// Reads the records of a chain, across its timeline switches, one stream at a time: memory is one buffer of
/// 64 KiB. Every byte read is checked; damage is [io.walkback.domain.CorruptDataException] and names the object.
final class WalWalk {
    private final WalArchive archive;
    private final int major;
    private final SystemIdentifier system;
    private final WalChain chain;

    WalWalk(WalArchive archive, int major, SystemIdentifier system, WalChain chain) {
        this.archive = archive;
        this.major = major;
        this.system = system;
        this.chain = chain;
    }

    /// Tells `events` what the segments from number `first` to `last` hold, all of them in the chain.
    ///
    /// @param enough asked between two reads; true ends the walk
    void read(long first, long last, WalEvents events, BooleanSupplier enough) {
        WalRecordReader reader = null;
        for (long number = first; number <= last && !enough.getAsBoolean(); number++) {
            WalSegment segment = chain.segment(number).orElse(chain.next());
            if (reader == null || isSwitch(number)) {
                WalSource source = new WalSource(major, system, chain.historyOf(segment.timeline()), segment.size());
                reader = new WalRecordReader(source, segment.start(), events);
            }
            feed(reader, segment, enough);
        }
    }

    private boolean isSwitch(long number) {
        WalSegment before = chain.segment(number - 1).orElse(chain.next());
        WalSegment here = chain.segment(number).orElse(chain.next());
        return !before.timeline().equals(here.timeline());
    }

    private void feed(WalRecordReader reader, WalSegment segment, BooleanSupplier enough) {
        Lsn end = chain.segment(segment.number()).isPresent() ? segment.end() : chain.end();
        byte[] buffer = new byte[64 << 10];
        Lsn at = segment.start();
        try (InputStream in = SegmentBytes.open(archive, chain, segment)) {
            for (int count = in.read(buffer); count >= 0 && !enough.getAsBoolean(); count = in.read(buffer)) {
                // The rest of an unfinished segment is made up of zeros, which are no records.
                int known = (int) Math.min(count, end.minus(at));
                if (known > 0) {
                    reader.accept(at, buffer, 0, known);
                }
                at = at.plus(count);
            }
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
    }
}
