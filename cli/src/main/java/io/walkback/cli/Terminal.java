package io.walkback.cli;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The three standard streams, and whether a person sits there.
///
/// @param interactive questions can be asked and progress be drawn
/// @param colour      `NO_COLOR` is not set and it is a terminal
record Terminal(BufferedReader in, PrintWriter out, PrintWriter err, boolean interactive, boolean colour) {
    /// JDK 22 to 24 always had a console; before and since it is null where nobody sits.
    @SuppressWarnings("SystemConsoleNull")
    static Terminal ofThisProcess(Map<String, String> environment) {
        Console console = System.console();
        boolean interactive = console != null && console.isTerminal();
        boolean colour = interactive
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
        return of(
                new InputStreamReader(System.in, Charset.defaultCharset()),
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                interactive,
                colour);
    }

    static Terminal of(Reader in, PrintWriter out, PrintWriter err, boolean interactive, boolean colour) {
        return new Terminal(new BufferedReader(in), out, err, interactive, colour);
    }

    /// A line for people, on standard error.
    void say(String line) {
        err.println(line);
        err.flush();
    }

    void fail(FailureCode code, String message, String hint) {
        String label = colour ? "\u001b[31merror\u001b[0m" : "error";
        say(label + " " + code + ": " + Redaction.of(message));
        say("hint: " + Redaction.of(hint));
    }

    /// Asks for `word` before something that cannot be taken back. Where nobody can be asked that is
    /// `APPROVAL_REQUIRED`.
    void confirm(String what, String word, boolean yes) {
        confirm(what, word, yes, "--yes");
    }

    /// @param option what says it beforehand
    void confirm(String what, String word, boolean yes, String option) {
        if (yes) {
            return;
        }
        if (interactive) {
            say(what);
            err.print("type '" + word + "' to go on: ");
            err.flush();
            if (word.equals(answer())) {
                return;
            }
        }
        throw new OperatorActionException(
                FailureCode.APPROVAL_REQUIRED,
                "not confirmed: " + what,
                "Nothing was changed. " + option + " confirms it.");
    }

    private String answer() {
        try {
            String line = in.readLine();
            return line == null ? "" : line.strip();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
