package io.walkback.restore.proof;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.Text;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.operation.Verdict;
import io.walkback.embedded.Confinement;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.sandbox.Sandbox;
import io.walkback.restore.sandbox.SandboxRequest;
import io.walkback.restore.sandbox.Sandboxes;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rehearses restores. Thread-safe.
///
/// A fault that says something about the backup or about this host's fitness to judge it becomes a verdict; every
/// other one (the store does not answer, the backup is unknown) is thrown, and is no verdict.
public final class Rehearsals {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsals.class);

    /// Longer than any statement that a person would wait for; a rehearsal may have fifty of them.
    private static final Duration ASSERTION_PATIENCE = Duration.ofMinutes(5);

    /// Counting reads every table again. It is worth a tenth of the time and no more.
    private static final int COUNTING_SHARE = 10;

    private static final Duration LONGEST_COUNT = Duration.ofMinutes(5);

    private final Repository repository;
    private final Sandboxes sandboxes;
    private final Reports reports;
    private final Clock clock;

    public Rehearsals(Repository repository, Sandboxes sandboxes, Reports reports, Clock clock) {
        this.repository = repository;
        this.sandboxes = sandboxes;
        this.reports = reports;
        this.clock = clock;
    }

    /// Rehearses, judges, keeps the signed report, and leaves nothing else behind.
    public Facts.Rehearsed run(Rehearsal rehearsal, RestoreProgress progress) throws InterruptedException {
        Evidence evidence = new Evidence(rehearsal, clock.instant());
        try (Sandbox sandbox = sandboxes.open(
                new SandboxRequest(
                        rehearsal.operation(),
                        rehearsal.database(),
                        rehearsal.backup(),
                        rehearsal.target(),
                        null,
                        rehearsal.limit()),
                progress)) {
            evidence.opened(sandbox);
            notLoaded(rehearsal, sandbox).forEach(evidence::omit);
            sandbox.unusableDbnames()
                    .forEach(dbname -> evidence.omit("dbname '" + Text.printable(dbname, 63)
                            + "': half dropped at the source, PostgreSQL lets nobody in"));
            if (!Confinement.ofFiles()) {
                evidence.omit("isolation: this host lets nobody keep the scratch server from files of others");
            }
            progress.at("proving", 0, null, null);
            try {
                prove(rehearsal, sandbox, evidence);
            } catch (InterruptedException | PlatformException brokenOff) {
                sandbox.requireTime(brokenOff);
                throw brokenOff;
            }
        } catch (PlatformException fault) {
            evidence.add(OpeningFault.judge(fault).orElseThrow(() -> fault));
        }
        return reports.keep(evidence, clock.instant());
    }

    private void prove(Rehearsal rehearsal, Sandbox sandbox, Evidence evidence) throws InterruptedException {
        CheckOutcome collation = run(new CollationCheck(), sandbox);
        evidence.add(collation);
        HeartbeatCheck heartbeat = heartbeat(rehearsal, evidence.begun());
        for (ProofCheck check : new ProofCheck[] {
            new AmcheckCheck(collation.verdict() == Verdict.PROVEN),
            new AssertionCheck(rehearsal.assertions(), ASSERTION_PATIENCE),
            heartbeat,
            new RowCountCheck(countingTime(rehearsal.limit()))
        }) {
            if (!evidence.hasFailed()) {
                evidence.add(run(check, sandbox));
            }
        }
        evidence.measured(heartbeat.rpo());
        if (!evidence.hasFailed()) {
            sandbox.stop();
            evidence.add(new PageCheck(sandbox.plan()).run());
        }
    }

    private static HeartbeatCheck heartbeat(Rehearsal rehearsal, Instant begun) {
        return switch (rehearsal.target()) {
            case RecoveryTarget.Time time -> new HeartbeatCheck(time.time(), true);
            case RecoveryTarget.Latest _ -> new HeartbeatCheck(begun, false);
            case RecoveryTarget.Immediate _,
                    RecoveryTarget.Position _,
                    RecoveryTarget.Transaction _,
                    RecoveryTarget.RestorePoint _ -> new HeartbeatCheck(null, false);
        };
    }

    private static Duration countingTime(Duration limit) {
        Duration share = limit.dividedBy(COUNTING_SHARE);
        return share.compareTo(LONGEST_COUNT) < 0 ? share : LONGEST_COUNT;
    }

    /// A fault of one check is that check's verdict, unless it was the time or an interrupt that ended it.
    private static CheckOutcome run(ProofCheck check, Sandbox sandbox) throws InterruptedException {
        try {
            CheckOutcome outcome = check.run(sandbox);
            LOG.atInfo()
                    .addKeyValue("check", outcome.check())
                    .addKeyValue("verdict", outcome.verdict())
                    .addKeyValue("figures", outcome.figures())
                    .log("check of a scratch cluster");
            return outcome;
        } catch (SQLException failure) {
            return judged(check, sandbox, failure, failure);
        } catch (PlatformException failure) {
            if (failure.getCause() instanceof SQLException cause) {
                return judged(check, sandbox, cause, failure);
            }
            throw failure;
        }
    }

    private static CheckOutcome judged(ProofCheck check, Sandbox sandbox, SQLException failure, Exception thrown)
            throws InterruptedException {
        sandbox.requireTime(thrown);
        if (Thread.interrupted()) {
            throw (InterruptedException) new InterruptedException("the rehearsal was interrupted").initCause(thrown);
        }
        String words = ServerFault.words(failure);
        return switch (ServerFault.of(failure)) {
            case DAMAGE ->
                CheckOutcome.failed(
                        check.name(), words, OpeningFault.relation(words).orElse(null));
            case COULD_NOT -> CheckOutcome.unproven(check.name(), words, null);
            case BROKEN_OFF -> CheckOutcome.unproven(check.name(), "the scratch server ended: " + words, null);
        };
    }

    private Iterable<String> notLoaded(Rehearsal rehearsal, Sandbox sandbox) {
        LineageRepository lineage = repository
                .find(rehearsal.database(), sandbox.plan().system())
                .orElseThrow(() -> new OperatorActionException(
                        FailureCode.DATABASE_UNKNOWN,
                        "the lineage of database '" + rehearsal.database() + "' has gone",
                        "See who deletes from the repository."));
        return lineage.findBackup(rehearsal.backup()).stream()
                .flatMap(summary -> summary.facts().environment().preloadedLibraries().keySet().stream())
                .map(library -> "preloaded library '" + library + "': scratch clusters load none")
                .toList();
    }
}
