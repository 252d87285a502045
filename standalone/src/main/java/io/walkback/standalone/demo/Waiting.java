package io.walkback.standalone.demo;

import java.time.Duration;
import java.util.Optional;

/// Waits for something that others bring about, with a deadline.
final class Waiting {
    private static final Duration LOOK = Duration.ofMillis(100);

    private Waiting() {}

    /// Something to look at; empty: not yet.
    interface Look<T> {
        Optional<T> now() throws Exception;
    }

    /// The first answer.
    ///
    /// @param what of what was waited for, for the message
    /// @throws CheckFailed when `deadline` passes first
    static <T> T until(String what, Duration deadline, Look<T> look) throws Exception {
        long begun = System.nanoTime();
        while (true) {
            Optional<T> answer = look.now();
            if (answer.isPresent()) {
                return answer.get();
            }
            if (System.nanoTime() - begun > deadline.toNanos()) {
                throw new CheckFailed("waited " + deadline.toSeconds() + " s in vain for " + what);
            }
            Thread.sleep(LOOK);
        }
    }
}
