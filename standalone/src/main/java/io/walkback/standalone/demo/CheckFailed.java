package io.walkback.standalone.demo;

/// Something is not as it must be: the finding of a step, in words for the person who reads the demo's output.
final class CheckFailed extends RuntimeException {
    CheckFailed(String what) {
        super(what);
    }

    /// @throws CheckFailed with `what` unless `holds`
    static void unless(boolean holds, String what) {
        if (!holds) {
            throw new CheckFailed(what);
        }
    }
}
