package io.walkback.cli;

import io.walkback.client.AlertsView;
import io.walkback.client.WalkbackClient;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What people are told.
@Command(name = "alerts", description = "What stands, and whether people were told.")
final class AlertCommands {
    private final Session session;

    AlertCommands(Session session) {
        this.session = session;
    }

    @Command(name = "list", description = "Shows alerts that stand, and those that ended within 7 days.")
    int list(
            @Option(
                            names = "--alerting-url",
                            paramLabel = "URL",
                            description = "Where alerting-service listens (WALKBACK_ALERTING_URL).")
                    @Nullable
                    URI url)
            throws InterruptedException {
        String named = session.variable("WALKBACK_ALERTING_URL");
        if (url == null && named == null) {
            throw Texts.refused(
                    "where alerting-service listens is not known", "Give --alerting-url or set WALKBACK_ALERTING_URL.");
        }
        URI address = url != null ? url : Texts.made("WALKBACK_ALERTING_URL", String.valueOf(named), URI::create);
        try (WalkbackClient client = session.client(address)) {
            AlertsView view = client.alerts();
            for (Map.Entry<String, String> broken : view.brokenSinks().entrySet()) {
                session.terminal().say("sink " + broken.getKey() + " is told nothing: " + broken.getValue());
            }
            if (view.truncated()) {
                session.terminal().say("there are more than are shown");
            }
            session.output()
                    .list(
                            view.alerts(),
                            new Output.Columns<AlertsView.Alert>()
                                    .with("KEY", AlertsView.Alert::key)
                                    .with("STATUS", alert -> Texts.lower(alert.status()))
                                    .with("SEVERITY", alert -> Texts.lower(alert.severity()))
                                    .with("SINCE", AlertsView.Alert::since)
                                    .with("COUNT", AlertsView.Alert::count)
                                    .with("SUMMARY", AlertsView.Alert::summary));
            return ExitCode.OK;
        }
    }
}
