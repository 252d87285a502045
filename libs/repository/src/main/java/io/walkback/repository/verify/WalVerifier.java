package io.walkback.repository.verify;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Reads the complete WAL segments and history files of a lineage and says which are damaged. Pieces of unfinished
/// segments are not read: the whole segment takes their place within minutes or days. Store failures are thrown.
/// Memory: at most [BackupVerifier#LISTED] findings.
public final class WalVerifier {
    private final Lineage lineage;
    private final Share share;
    private final List<Finding> findings = new ArrayList<>();
    private long count;
    private long objects;
    private long bytes;

    /// @param share of the segments that are read; histories all are
    public WalVerifier(Lineage lineage, Share share) {
        this.lineage = lineage;
        this.share = share;
    }

    /// @param count of all findings
    public record Result(long objects, long bytes, long count, List<Finding> findings) {
        public Result {
            findings = List.copyOf(findings);
        }
    }

    /// @param goOn asked before each object; false: what was read so far is the result
    public Result verify(BooleanSupplier goOn) {
        WalArchive archive = new WalArchive(lineage);
        for (TimelineId timeline : archive.histories()) {
            if (goOn.getAsBoolean()) {
                read(lineage.history(timeline), () -> archive.findHistory(timeline));
            }
        }
        BlobPrefix wal = BlobPrefix.below(lineage.root().child("wal"));
        try (BlobListing<BlobEntry> listing = lineage.store().list(wal)) {
            while (listing.hasNext() && goOn.getAsBoolean()) {
                BlobKey key = listing.next().key();
                if (WalSegment.isSegmentName(key.name()) && share.has(key)) {
                    WalSegment segment =
                            WalSegment.parse(key.name(), lineage.geometry().walSegmentSize());
                    read(key, () -> archive.findSegment(segment));
                }
            }
        }
        return new Result(objects, bytes, count, findings);
    }

    /// One that is gone by now has expired.
    private void read(BlobKey key, Supplier<Optional<WalObject>> find) {
        try {
            Optional<WalObject> object = find.get();
            if (object.isPresent()) {
                objects++;
                bytes += object.get().storedLength();
                try (InputStream in = object.get().open()) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
        } catch (CorruptDataException damage) {
            if (damage.code() != FailureCode.OBJECT_MISSING
                    || lineage.store().size(key).isPresent()) {
                add(new Finding(Finding.Type.DAMAGED, key, damage.text()));
            }
        } catch (OperatorActionException refused) {
            if (refused.code() != FailureCode.STORE_LAYOUT) {
                throw refused;
            }
            add(new Finding(Finding.Type.UNKNOWN_FORMAT, key, refused.text()));
        } catch (IOException impossible) {
            throw new IllegalStateException("a store's stream throws no IOException", impossible);
        }
    }

    private void add(Finding finding) {
        count++;
        if (findings.size() < BackupVerifier.LISTED) {
            findings.add(finding);
        }
    }
}
