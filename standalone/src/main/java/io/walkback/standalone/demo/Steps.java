package io.walkback.standalone.demo;

import io.walkback.domain.PlatformException;
import io.walkback.standalone.demo.DemoReport.Status;
import io.walkback.standalone.demo.DemoReport.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// Takes steps one after the other: prints each with what it measured, and remembers it for the report. For one
/// thread.
final class Steps {
    private final Consumer<String> output;
    private final List<StepReport> taken = new ArrayList<>();

    Steps(Consumer<String> output) {
        this.output = output;
    }

    /// What a step does; what it measures goes into `figures`.
    interface Body {
        void run(Figures figures) throws Exception;
    }

    /// A step that failed, by its name; the cause says why.
    static final class Failed extends Exception {
        private final String step;

        Failed(String step, Exception cause) {
            super("step '" + step + "' failed: " + reason(cause), cause);
            this.step = step;
        }

        String step() {
            return step;
        }
    }

    /// Takes one step.
    ///
    /// @throws Failed when it threw anything; the step stands in the report as failed then
    void take(String name, Body body) throws Failed {
        Figures figures = new Figures();
        long begun = System.nanoTime();
        try {
            body.run(figures);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw failed(name, begun, figures, interrupted);
        } catch (Exception failure) {
            throw failed(name, begun, figures, failure);
        }
        end(name, Status.PASSED, begun, figures);
    }

    private Failed failed(String name, long begun, Figures figures, Exception cause) {
        end(name, Status.FAILED, begun, figures.put("error", reason(cause)));
        return new Failed(name, cause);
    }

    private void end(String name, Status status, long begun, Figures figures) {
        double seconds = Figures.rounded((System.nanoTime() - begun) / 1e9);
        taken.add(new StepReport(name, status, seconds, figures.values()));
        output.accept(String.format(
                Locale.ROOT,
                "%2d  %-6s %6.1f s  %s%n                   %s",
                taken.size(),
                status == Status.PASSED ? "ok" : "FAILED",
                seconds,
                name,
                figures));
    }

    List<StepReport> taken() {
        return List.copyOf(taken);
    }

    /// With the hint where there is one: this is read by somebody who wants to mend it.
    private static String reason(Exception cause) {
        return switch (cause) {
            case PlatformException fault -> fault.text() + " (" + fault.code() + "; " + fault.hint() + ")";
            case CheckFailed finding -> String.valueOf(finding.getMessage());
            default -> cause.toString();
        };
    }
}
