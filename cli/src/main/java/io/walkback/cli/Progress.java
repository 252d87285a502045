package io.walkback.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Tells on standard error how far something is: a line that is drawn anew on a terminal, otherwise one line for
/// each phase, so that logs stay short. Thread-safe.
final class Progress implements AutoCloseable {
    private static final long REDRAW_NANOS = 100_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final int BAR = 24;

    private final Terminal terminal;
    private String phase = "";
    private int drawn;
    private long last;
    private long began;
    private long beganWith;

    Progress(Terminal terminal) {
        this.terminal = terminal;
    }

    /// @param total null when not known
    synchronized void at(String now, long done, @Nullable Long total) {
        boolean changed = !now.equals(phase);
        long time = System.nanoTime();
        if (changed) {
            phase = now;
            began = time;
            beganWith = done;
        }
        if (!terminal.interactive()) {
            if (changed) {
                terminal.say(now);
            }
            return;
        }
        if (changed || time - last > REDRAW_NANOS) {
            last = time;
            draw(line(now, done, total) + pace(done - beganWith, total == null ? 0 : total - done, time - began));
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

    /// Rate and time left, once a second of the phase is over and something moves.
    ///
    /// @param moved bytes since the phase began
    /// @param left bytes that are to come, 0 when not known
    static String pace(long moved, long left, long nanos) {
        if (nanos < SECOND || moved <= 0) {
            return "";
        }
        long rate = (long) (moved * ((double) SECOND / nanos));
        String text = "  " + Bytes.text(rate) + "/s";
        if (left <= 0 || rate == 0) {
            return text;
        }
        long seconds = (left + rate - 1) / rate;
        return text
                + String.format(Locale.ROOT, ", %d:%02d:%02d left", seconds / 3600, seconds / 60 % 60, seconds % 60);
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
