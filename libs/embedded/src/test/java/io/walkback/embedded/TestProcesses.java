package io.walkback.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Looks at processes through the kernel's eyes.
final class TestProcesses {
    private TestProcesses() {}

    /// The state letter of a process: `R`unning, `S`leeping, s`T`opped, `Z`ombie; `X` when it is gone.
    static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (NoSuchFileException _) {
            return 'X';
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("No such process")) {
                return 'X';
            }
            throw new UncheckedIOException(e);
        }
    }

    /// Alive: there, and not merely waiting to be collected by its parent.
    static boolean isAlive(long pid) {
        char state = state(pid);
        return state != 'X' && state != 'Z';
    }
}
