package io.walkback.scheduler.api;

import io.walkback.domain.Lsn;
import io.walkback.domain.operation.RecoveryTarget;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The five fields of which at most one names where a recovery ends.
final class TargetFields {
    private TargetFields() {}

    static RecoveryTarget of(
            @Nullable String word,
            @Nullable String targetTime,
            @Nullable String targetLsn,
            @Nullable String targetXid,
            @Nullable String targetName) {
        List<String> given = Stream.of(word, targetTime, targetLsn, targetXid, targetName)
                .filter(text -> text != null && !text.isBlank())
                .toList();
        if (given.size() > 1) {
            throw Refused.badRequest("more than one recovery target", "Name one of the five, or none for latest.");
        }
        Instant time = Fields.time("targetTime", targetTime);
        if (time != null) {
            return new RecoveryTarget.Time(time);
        }
        Lsn lsn = Fields.optional("targetLsn", targetLsn, Lsn::parse);
        if (lsn != null) {
            return new RecoveryTarget.Position(lsn);
        }
        if (targetXid != null) {
            return new RecoveryTarget.Transaction(targetXid);
        }
        if (targetName != null) {
            return new RecoveryTarget.RestorePoint(targetName);
        }
        return switch (word) {
            case null -> new RecoveryTarget.Latest();
            case "latest" -> new RecoveryTarget.Latest();
            case "immediate" -> new RecoveryTarget.Immediate();
            default ->
                throw Refused.badRequest("target is latest or immediate", "Other targets have their own fields.");
        };
    }
}
