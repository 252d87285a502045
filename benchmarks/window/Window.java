import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.event.WalSource;
import io.walkback.domain.window.Answer;
import io.walkback.domain.window.Base;
import io.walkback.domain.window.KeptBackup;
import io.walkback.domain.window.Reachability;
import io.walkback.domain.window.WalIndex;
import io.walkback.domain.window.WindowFold;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// How long "can I reach T?" takes with so many segments known, from the index's records to the answer, the very
/// first time and when it has been asked often. A backup every 1,000 segments; T lies in the last segments, after
/// the newest backup, and for the oldest backup alone.
///
/// ```
/// java -cp libs/domain/target/classes benchmarks/window/Window.java 100000
/// ```
public final class Window {
    private static final int SIZE = 16 << 20;
    private static final int ROUNDS = 200;
    private static final Instant BEGIN = Instant.parse("2026-11-01T00:00:00Z");
    private static final SystemIdentifier SYSTEM = new SystemIdentifier(42);
    private static final DatabaseId SHOP = new DatabaseId("shop");

    private Window() {}

    public static void main(String[] args) {
        int segments = args.length == 0 ? 100_000 : Integer.parseInt(args[0]);
        WindowFold fold = new WindowFold();
        List<KeptBackup> backups = new ArrayList<>();
        for (int number = 1; number <= segments; number++) {
            Instant at = BEGIN.plusSeconds(number);
            WalSegment segment = new WalSegment(TimelineId.FIRST, number, SIZE);
            fold.apply(new WalSegmentArchived(
                    new EventHeader(new UUID(0, number), SHOP, at, null),
                    SYSTEM,
                    TimelineId.FIRST,
                    segment.fileName(),
                    segment.start(),
                    segment.end(),
                    5_000_000,
                    "00",
                    WalSource.STREAM,
                    at,
                    at,
                    List.of()));
            if (number % 1_000 == 1) {
                Base base = new Base(
                        new BackupId("b" + number),
                        TimelineId.FIRST,
                        segment.start().plus(40),
                        segment.start().plus(400));
                backups.add(new KeptBackup(SYSTEM, base, at, 1_000_000_000));
            }
        }
        Instant target = BEGIN.plusSeconds(segments - 2);
        BackupId oldest = backups.getFirst().base().backup();
        // The result of a command line, for whoever asked; so is what follows.
        System.out.printf("segments %d, backups %d%n", segments, backups.size());
        System.out.printf("first answer: %.1f ms%n", answer(fold, backups, target, null));
        System.out.printf("second, from the oldest backup: %.1f ms%n", answer(fold, backups, target, oldest));
        double worst = 0;
        double sum = 0;
        for (int round = 0; round < ROUNDS; round++) {
            double took = answer(fold, backups, target, oldest);
            sum += took;
            worst = round < ROUNDS / 2 ? worst : Math.max(worst, took);
        }
        System.out.printf("mean of %d: %.1f ms, worst of the second half: %.1f ms%n", ROUNDS, sum / ROUNDS, worst);
    }

    private static double answer(WindowFold fold, List<KeptBackup> backups, Instant target, BackupId backup) {
        long begun = System.nanoTime();
        Answer answer = new Reachability(WalIndex.of(fold.chunks(SHOP)).orElseThrow(), backups, List.of())
                .at(target, backup, null);
        double took = (System.nanoTime() - begun) / 1e6;
        if (!(answer instanceof Answer.Reachable)) {
            throw new IllegalStateException("not reachable: " + answer);
        }
        return took;
    }
}
