package io.walkback.standalone.demo;

import java.io.PrintWriter;
import java.io.StringWriter;

/// The stack trace of a fault as text.
final class Trace {
    private Trace() {}

    static String of(Throwable fault) {
        StringWriter text = new StringWriter();
        fault.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
