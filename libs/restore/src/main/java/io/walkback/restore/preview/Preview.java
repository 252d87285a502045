package io.walkback.restore.preview;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.Command;
import io.walkback.domain.plan.PlannedRestore;
import io.walkback.domain.plan.PlannedRestore.Room;
import io.walkback.domain.plan.PreflightCheck;
import io.walkback.domain.plan.PresentCluster;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.postgres.control.ControlFile;
import io.walkback.repository.wal.WalArchive;
import io.walkback.restore.fetch.Postmaster;
import io.walkback.restore.fetch.RestoreTargets;
import io.walkback.restore.inplace.Hooks;
import io.walkback.restore.plan.CommitsAfter;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.Stop;
import io.walkback.restore.plan.TablespacePlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Makes the plan that is shown, out of the plan that is carried out and of what this host is like. Writes nothing.
///
/// @param archive of the plan's cluster
/// @param hooks   that this host offers
public record Preview(
        Command.Restore command, RestorePlan plan, RestoreTargets targets, WalArchive archive, Hooks hooks) {
    /// @param rates    of this host
    /// @param programs of the plan's major; throws where there are none
    public PlannedRestore of(Rates rates, Supplier<PostgresPrograms> programs) {
        List<Room> rooms = targets.rooms();
        Optional<Postmaster> server = Postmaster.of(plan.directory());
        List<PreflightCheck> checks = new Preflight(command, plan, targets, rooms, server).run(programs, hooks);
        Optional<ControlFile> control = Present.control(plan.directory());
        PresentCluster present = Present.in(plan.directory()).orElse(null);
        long walBytes = Math.max(0, lastReplayed().minus(plan.start()));
        PlannedRestore plain = new PlannedRestore(
                "",
                plan.database().value(),
                plan.system().toString(),
                plan.major(),
                plan.backup().value(),
                command.target().text(),
                command.exclusive(),
                stopAt(),
                Integer.toUnsignedLong(plan.timeline().value()),
                plan.run() ? newTimeline() : null,
                plan.start().toString(),
                plan.consistent().toString(),
                plan.wal().end().toString(),
                Math.max(0, plan.wal().lastNumber() - plan.wal().firstNumber() + 1),
                walBytes,
                command.host(),
                plan.directory().toString(),
                tablespaces(),
                mode(),
                plan.run(),
                plan.bytes(),
                rooms,
                rates.seconds(plan.bytes(), plan.run() ? walBytes : 0),
                rates.measured(),
                present,
                Newer.than(plan, command.target(), CommitsAfter.of(plan, archive), control, server.isPresent()),
                server.isPresent() ? Clients.of(server.get().pid()) : Integer.valueOf(0),
                checks,
                plan.notes());
        return plain.withDigest(PlanDigest.of(plain, command.inPlace()));
    }

    private String mode() {
        return command.inPlace() != null ? "in place" : command.delta() ? "delta" : "empty";
    }

    private String stopAt() {
        return switch (plan.stop()) {
            case Stop.Consistent _ -> "the end of the backup, " + plan.consistent();
            case Stop.Position(Lsn lsn, boolean inclusive) -> (inclusive ? "after the record at " : "before ") + lsn;
            case Stop.Time time -> (time.inclusive() ? "after the last commit of " : "before ") + time.time();
        };
    }

    /// The end of the WAL where the stop is a time: how much of it is replayed shows only then.
    private Lsn lastReplayed() {
        return switch (plan.stop()) {
            case Stop.Consistent _ -> plan.consistent();
            case Stop.Position stop -> stop.lsn();
            case Stop.Time _ -> plan.wal().end();
        };
    }

    /// PostgreSQL takes the number after the last one whose history it is handed, counted from the one it follows
    /// without a gap.
    private long newTimeline() {
        long number = Integer.toUnsignedLong(plan.timeline().value()) + 1;
        while (archive.findHistory(new TimelineId((int) number)).isPresent()) {
            number++;
        }
        return number;
    }

    private Map<String, String> tablespaces() {
        Map<String, String> moved = new LinkedHashMap<>();
        for (TablespacePlan tablespace : plan.tablespaces()) {
            moved.put(tablespace.from(), tablespace.to().toString());
        }
        return moved;
    }
}
