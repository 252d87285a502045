package io.walkback.repository.s3;

import io.walkback.domain.PlatformException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/// The one place that repeats requests: for listed reasons, after a pause with jitter that doubles up to a limit,
/// within a budget of time. Old credentials are looked up anew once for each request. Thread-safe.
final class S3Calls {
    private static final Logger LOG = LoggerFactory.getLogger(S3Calls.class);
    /// Damage on the way is rare; where it repeats, something on the way rewrites what passes.
    private static final int DAMAGED_LIMIT = 3;

    private final S3Failures failures;
    private final S3Patience patience;
    private final S3Time time;
    private final RefreshedCredentials credentials;

    S3Calls(S3Failures failures, S3Patience patience, S3Time time, RefreshedCredentials credentials) {
        this.failures = failures;
        this.patience = patience;
        this.time = time;
        this.credentials = credentials;
    }

    /// A failure that its caller decides about: the name is taken, there is nothing under it, and the like.
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final S3Fault fault;
        private final SdkException failure;

        Refused(S3Fault fault, SdkException cause) {
            super(cause);
            this.fault = fault;
            this.failure = cause;
        }

        S3Fault fault() {
            return fault;
        }

        SdkException failure() {
            return failure;
        }
    }

    /// Does the request until it succeeds; every failure that is not repeated is thrown as the platform's.
    <T> T run(String what, Supplier<T> request) {
        return within(patience.budget(), what, request);
    }

    /// Like [#run], for whoever waits in front of it.
    <T> T runBriefly(String what, Supplier<T> request) {
        return within(patience.opening(), what, request);
    }

    private <T> T within(Duration budget, String what, Supplier<T> request) {
        try {
            return attempt(budget, what, request::get);
        } catch (Refused refused) {
            throw failures.of(what, refused.failure());
        }
    }

    /// Like [#run], but lets the caller decide about what is neither repeated nor the operator's business.
    <T> T ask(String what, Supplier<T> request) throws Refused {
        return attempt(patience.budget(), what, request::get);
    }

    private <T> T attempt(Duration budget, String what, Callable<T> request) throws Refused {
        long began = time.nanos();
        boolean refreshed = false;
        for (int attempt = 1; ; attempt++) {
            int generation = credentials.generation();
            try {
                return request.call();
            } catch (SdkException failed) {
                S3Fault fault = S3Fault.of(failed);
                if (fault == S3Fault.STALE_CREDENTIALS && !refreshed) {
                    refreshed = true;
                    credentials.refresh(generation);
                    continue;
                }
                boolean again = fault == S3Fault.DAMAGED_ON_THE_WAY ? attempt < DAMAGED_LIMIT : fault.isRepeated();
                Duration pause = pauseAfter(attempt);
                long spent = time.nanos() - began;
                if (again && spent + pause.toNanos() <= budget.toNanos()) {
                    LOG.atDebug()
                            .addKeyValue("request", what)
                            .addKeyValue("attempt", attempt)
                            .addKeyValue("fault", fault)
                            .log("request to the store is repeated");
                    pause(what, pause);
                } else if (fault.isRepeated()) {
                    throw gaveUp(what, attempt, spent, failed);
                } else {
                    throw new Refused(fault, failed);
                }
            } catch (RuntimeException | Error ours) {
                throw ours;
            } catch (Exception impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private PlatformException gaveUp(String what, int attempts, long spent, SdkException failed) {
        return failures.of(
                what + " (" + attempts + " attempts in "
                        + Duration.ofNanos(spent).toSeconds() + " s)",
                failed);
    }

    /// Half of it is fixed, so that a store in trouble is left alone; half is by chance, so that workers do not
    /// come back together.
    Duration pauseAfter(int attempt) {
        double doubled = patience.firstPause().toNanos() * Math.pow(2, Math.min(attempt - 1, 30));
        double longest = Math.min(doubled, (double) patience.longestPause().toNanos());
        return Duration.ofNanos((long) (longest / 2 + time.jitter() * longest / 2));
    }

    void pause(String what, Duration length) {
        try {
            time.pause(length);
        } catch (InterruptedException interrupted) {
            throw failures.interrupted(what, interrupted);
        }
    }

    S3Failures failures() {
        return failures;
    }

    S3Patience patience() {
        return patience;
    }

    S3Time time() {
        return time;
    }
}
