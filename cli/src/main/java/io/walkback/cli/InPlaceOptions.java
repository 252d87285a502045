package io.walkback.cli;

import io.walkback.client.RestoreForm;
import io.walkback.domain.operation.Command.InPlace;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// A restore instead of the server that is there.
final class InPlaceOptions {
    @Option(
            names = "--in-place",
            description = {
                "Sets aside the server in DIR, with its tablespaces, and restores in its place. If anything fails the",
                "old state is put back."
            })
    private boolean inPlace;

    @Option(
            names = "--stop-hook",
            paramLabel = "NAME",
            description =
                    "With --in-place: program of the hooks folder (WALKBACK_RESTORE_HOOKS) that stops the server.")
    private @Nullable String stopHook;

    @Option(
            names = "--start-hook",
            paramLabel = "NAME",
            description = "With --in-place: program of the hooks folder that starts it again.")
    private @Nullable String startHook;

    @Option(
            names = "--verify-hook",
            paramLabel = "NAME",
            description = "With --in-place: program of the hooks folder that judges the open copy by its exit code.")
    private @Nullable String verification;

    @Option(
            names = "--no-safety-backup",
            description = "With --in-place: takes no backup of the current state first, as for a server that is down.")
    private boolean noSafetyBackup;

    @Option(
            names = "--break-glass",
            paramLabel = "REASON",
            description = "Why nobody else was asked; stands in the operation.")
    private @Nullable String breakGlass;

    boolean isInPlace() {
        return inPlace;
    }

    @Nullable
    String breakGlass() {
        return breakGlass;
    }

    /// Whether the current state is backed up before it is set aside.
    boolean wantsSafetyBackup() {
        return inPlace && !noSafetyBackup;
    }

    void check(boolean delta) {
        if (inPlace && delta) {
            throw Texts.refused(
                    "--in-place and --delta are both given",
                    "--delta writes over what is there, --in-place sets it aside and can put it back.");
        }
        if (!inPlace && (stopHook != null || startHook != null || verification != null)) {
            throw Texts.refused("a hook is given without --in-place", "Other restores have none.");
        }
    }

    @Nullable
    InPlace inPlace() {
        return inPlace ? new InPlace(stopHook, startHook, verification) : null;
    }

    RestoreForm.@Nullable InPlace form() {
        return inPlace ? new RestoreForm.InPlace(stopHook, startHook, verification) : null;
    }
}
