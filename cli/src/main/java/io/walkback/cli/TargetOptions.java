package io.walkback.cli;

import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.RecoveryTarget;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a recovery ends.
final class TargetOptions {
    @Option(names = "--target-time", paramLabel = "TIME", description = "With its zone, always: 2026-11-22T03:15:00Z.")
    private @Nullable String targetTime;

    @Option(names = "--target-lsn", paramLabel = "LSN", description = "A position such as 16/B374D848.")
    private @Nullable String targetLsn;

    @Option(names = "--target-xid", paramLabel = "XID", description = "Just after this transaction has ended.")
    private @Nullable String targetXid;

    @Option(
            names = "--target-name",
            paramLabel = "NAME",
            description = "A restore point made by pg_create_restore_point.")
    private @Nullable String targetName;

    @Option(
            names = "--target",
            paramLabel = "latest|immediate",
            description = "The end of all WAL, or the end of the backup.")
    private @Nullable String target;

    @Option(
            names = "--target-exclusive",
            description = "Ends just before the time, position or transaction, and not just after it.")
    private boolean exclusive;

    @Option(names = "--timeline", paramLabel = "NUMBER", description = "The timeline to follow; else the backup's.")
    private @Nullable Long timeline;

    boolean exclusive() {
        return exclusive;
    }

    @Nullable
    Long timeline() {
        return timeline;
    }

    @Nullable
    TimelineId timelineId() {
        return timeline == null ? null : new TimelineId(timeline.intValue());
    }

    RecoveryTarget target() {
        long given = Stream.of(targetTime, targetLsn, targetXid, targetName, target)
                .filter(Objects::nonNull)
                .count();
        if (given > 1) {
            throw Texts.refused(
                    "more than one target is given",
                    "Give one of --target-time, --target-lsn, --target-xid, --target-name, --target.");
        }
        if (timeline != null && (timeline < 1 || timeline > 0xFFFF_FFFFL)) {
            throw Texts.refused("--timeline is 1 to 4294967295, not " + timeline, "Leave it out for the backup's.");
        }
        RecoveryTarget wanted = wanted();
        boolean twoSides = wanted instanceof RecoveryTarget.Time
                || wanted instanceof RecoveryTarget.Position
                || wanted instanceof RecoveryTarget.Transaction;
        if (exclusive && !twoSides) {
            throw Texts.refused(
                    "--target-exclusive needs a time, a position or a transaction",
                    "Leave it out: " + wanted.text() + " has nothing just before it to end at.");
        }
        return wanted;
    }

    private RecoveryTarget wanted() {
        if (targetTime != null) {
            return new RecoveryTarget.Time(Texts.moment("--target-time", targetTime));
        }
        if (targetLsn != null) {
            return new RecoveryTarget.Position(Texts.lsn("--target-lsn", targetLsn));
        }
        if (targetXid != null) {
            if (!targetXid.matches("[0-9]{1,10}")
                    || Long.parseLong(targetXid) < 3
                    || Long.parseLong(targetXid) > 0xFFFF_FFFFL) {
                throw Texts.refused(
                        "--target-xid is a decimal number of 32 bits, 3 or more",
                        "txid_current() and xmin show such numbers; take an epoch off first.");
            }
            return new RecoveryTarget.Transaction(targetXid);
        }
        if (targetName != null) {
            if (targetName.isBlank()) {
                throw Texts.refused("--target-name is empty", "Give the name that pg_create_restore_point was given.");
            }
            return new RecoveryTarget.RestorePoint(targetName);
        }
        return switch (target) {
            case null -> new RecoveryTarget.Latest();
            case "latest" -> new RecoveryTarget.Latest();
            case "immediate" -> new RecoveryTarget.Immediate();
            default -> throw Texts.refused("--target is latest or immediate", "Other targets have their own options.");
        };
    }
}
