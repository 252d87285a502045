package io.walkback.catalog.projection;

import io.walkback.domain.BackupId;
import io.walkback.domain.event.ProofState;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.Verdict;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the rehearsals of a backup come to (P9, ADR 29). Pure.
///
/// `PROVEN` and `FAILED` are judgements, and the newest one in log order stands. `UNPROVEN` is none: it says why
/// nothing could be judged where nothing has been judged yet, and neither heals a failure nor takes a proof away;
/// that the proof grows old is for the alarm. A rehearsal that failed, was lost, cancelled or skipped has no facts
/// and is not seen here at all.
final class Proofs {
    private Proofs() {}

    /// @param operations of the database, as the fold knows them
    /// @param known what the catalog has, for rehearsals that the fold has forgotten
    static @Nullable ProofState of(BackupId backup, Collection<Operation> operations, @Nullable ProofState known) {
        List<Operation> rehearsals = operations.stream()
                .filter(operation -> rehearsed(operation, backup))
                .sorted(Comparator.comparingLong(Operation::stateVersion))
                .toList();
        ProofState proof = known;
        for (Operation rehearsal : rehearsals) {
            if (rehearsal.state() instanceof OperationState.Completed done
                    && done.facts() instanceof Facts.Rehearsed facts
                    && (isJudgement(facts.verdict()) || proof == null || !isJudgement(proof.verdict()))) {
                proof = new ProofState(
                        facts.verdict(), facts.reason(), done.at(), facts.rtoMs(), facts.object(), rehearsal.id());
            }
        }
        return proof;
    }

    private static boolean rehearsed(Operation operation, BackupId backup) {
        return operation.command() instanceof Command.Rehearse
                && operation.state() instanceof OperationState.Completed done
                && done.facts() instanceof Facts.Rehearsed facts
                && facts.backup().equals(backup);
    }

    private static boolean isJudgement(Verdict verdict) {
        return switch (verdict) {
            case PROVEN, FAILED -> true;
            case UNPROVEN, UNKNOWN -> false;
        };
    }
}
