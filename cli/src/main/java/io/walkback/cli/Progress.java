package io.walkback.cli;

import org.jspecify.annotations.Nullable;

/// Tells on standard error how far something is: a line that is drawn anew on a terminal, otherwise one line for
/// each phase, so that logs stay short. Thread-safe.
final class Progress implements AutoCloseable {
    private static final long REDRAW_NANOS = 100_000_000;
    private static final int BAR = 24;

    private final Terminal terminal;
    private String phase = "";
    private int drawn;
    private long last;

    Progress(Terminal terminal) {
        this.terminal = terminal;
    }

    /// @param total null when not known
    synchronized void at(String now, long done, @Nullable Long total) {
        boolean changed = !now.equals(phase);
        phase = now;
        if (!terminal.interactive()) {
            if (changed) {
                terminal.say(now);
            }
            return;
        }
        long time = System.nanoTime();
        if (changed || time - last > REDRAW_NANOS) {
            last = time;
            draw(line(now, done, total));
        }
    }

    private static String line(String now, long done, @Nullable Long total) {
        if (total == null || total <= 0) {
            return done > 0 ? now + "  " + Bytes.text(done) : now;
        }
        int full = (int) Math.min(BAR, Math.max(0, done) * BAR / total);
        return now + "  [" + "#".repeat(full) + ".".repeat(BAR - full) + "] " + Bytes.text(done) + " of "
                + Bytes.text(total);
    }

    private void draw(String line) {
        terminal.err().print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
        terminal.err().flush();
        drawn = line.length();
    }

    @Override
    public synchronized void close() {
        if (drawn > 0) {
            draw("");
            terminal.err().print("\r");
            terminal.err().flush();
            drawn = 0;
        }
    }
}
