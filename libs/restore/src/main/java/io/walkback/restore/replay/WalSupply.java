package io.walkback.restore.replay;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Text;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.embedded.ServerAccount;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalObject;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.plan.SegmentBytes;
import io.walkback.restore.plan.WalChain;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Puts files of WAL into `pg_wal`, as far as a plan goes. Thread-safe.
///
/// A file appears whole and with its digest checked, or not at all.
final class WalSupply implements AutoCloseable {
    /// How often and how long a store that does not answer is asked again, before recovery is stopped. Longer than
    /// a store's fail-over, shorter than a person's patience.
    private static final int TRIES = 6;
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private static final Pattern HISTORY = Pattern.compile("[0-9A-F]{8}\\.history");

    private final WalArchive archive;
    private final WalChain chain;
    private final Optional<ServerAccount> account;
    private final ReadAhead ahead;
    private volatile Lsn reached = Lsn.INVALID;
    private volatile long promotionNanos;

    /// @param walFolder where files of WAL are put: `pg_wal`
    WalSupply(WalArchive archive, WalChain chain, Path walFolder, Optional<ServerAccount> account) {
        this.archive = archive;
        this.chain = chain;
        this.account = account;
        this.ahead = new ReadAhead(chain, walFolder, this::fetch);
    }

    /// Puts `name` at `place`; false when the archive does not have it and the plan does not count on it.
    boolean supply(String name, Path place) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                return HISTORY.matcher(name).matches() ? history(name, place) : segment(name, place);
            } catch (RetryableException unanswered) {
                if (tries == TRIES) {
                    throw unanswered;
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    /// The end of the last segment that was handed out.
    Lsn reached() {
        return reached;
    }

    /// When the server began to look for the number of its new timeline, by [System#nanoTime]; 0 before that.
    long promotionNanos() {
        return promotionNanos;
    }

    private boolean segment(String name, Path place) throws InterruptedException {
        if (!WalSegment.isSegmentName(name)) {
            throw new OperatorActionException(
                    FailureCode.REQUEST_INVALID,
                    "the server asks for '" + Text.printable(name, 60) + "', which is no file of WAL",
                    "The restored configuration may call restore_command for something of its own.");
        }
        WalSegment wanted = WalSegment.parse(name, chain.next().size());
        Optional<WalSegment> planned = planned(wanted.number());
        // Another timeline's file of the same number is not part of this history: the server goes on to the one that
        // is.
        if (planned.isEmpty() || !planned.get().equals(wanted)) {
            return false;
        }
        try {
            ahead.take(wanted, place);
        } catch (IOException failure) {
            throw FileFailures.of("write", place, failure);
        }
        reached = Lsn.max(reached, wanted.end());
        return true;
    }

    private void fetch(WalSegment segment, Path place) {
        try (InputStream in = SegmentBytes.open(archive, chain, segment)) {
            put(in, place);
        } catch (IOException failure) {
            throw FileFailures.of("write", place, failure);
        }
    }

    private Optional<WalSegment> planned(long number) {
        return chain.segment(number)
                .or(() -> chain.tailEnd() != null && number == chain.next().number()
                        ? Optional.of(chain.next())
                        : Optional.empty());
    }

    private boolean history(String name, Path place) {
        TimelineId timeline = new TimelineId(Integer.parseUnsignedInt(name, 0, 8, 16));
        if (timeline.compareTo(chain.history().timeline()) > 0 && promotionNanos == 0) {
            promotionNanos = System.nanoTime();
        }
        Optional<WalObject> file = archive.findHistory(timeline);
        if (file.isEmpty()) {
            return false;
        }
        try (InputStream in = file.get().open()) {
            put(in, place);
        } catch (IOException failure) {
            throw FileFailures.of("write", place, failure);
        }
        return true;
    }

    private void put(InputStream in, Path place) throws IOException {
        Path half = place.resolveSibling(place.getFileName() + ".walkback");
        try (OutputStream out = Files.newOutputStream(half)) {
            in.transferTo(out);
        }
        if (account.isPresent()) {
            Files.setAttribute(half, "unix:uid", account.get().uid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(half, "unix:gid", account.get().gid(), LinkOption.NOFOLLOW_LINKS);
        }
        Files.move(half, place, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Call it when the server asks no more.
    @Override
    public void close() {
        ahead.close();
    }
}
