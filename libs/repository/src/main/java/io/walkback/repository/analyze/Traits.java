package io.walkback.repository.analyze;

import io.walkback.repository.analyze.StoreReport.Result;
import io.walkback.repository.analyze.StoreReport.Verdict;
import io.walkback.repository.blob.StoreTraits;
import io.walkback.repository.blob.StoreTraits.Answer;
import java.util.List;
import java.util.Locale;

/// What a store says of itself, as results.
final class Traits {
    private Traits() {}

    static List<Result> of(StoreTraits traits) {
        return List.of(
                of(Promise.CHECKSUMS, traits.checksums(), ""),
                of(Promise.VERSIONING, traits.versioning(), ""),
                of(Promise.MFA_DELETE, traits.mfaDelete(), ""),
                of(
                        Promise.OBJECT_LOCK,
                        traits.objectLock(),
                        traits.defaultLock().isEmpty() ? "" : ", every object for " + traits.defaultLock()),
                lifecycle(traits));
    }

    private static Result of(Promise promise, Answer answer, String more) {
        Verdict verdict =
                switch (answer) {
                    case ENABLED -> Verdict.KEPT;
                    case DISABLED -> Verdict.BROKEN;
                    case UNKNOWN -> Verdict.UNKNOWN;
                };
        return new Result(promise, verdict, answer.name().toLowerCase(Locale.ROOT) + more);
    }

    private static Result lifecycle(StoreTraits traits) {
        if (traits.lifecycleSeen() != Answer.ENABLED) {
            return new Result(Promise.LIFECYCLE, Verdict.UNKNOWN, "unknown");
        }
        return traits.lifecycle().isEmpty()
                ? new Result(Promise.LIFECYCLE, Verdict.KEPT, "no rules")
                : new Result(Promise.LIFECYCLE, Verdict.BROKEN, "rules " + traits.lifecycle());
    }
}
