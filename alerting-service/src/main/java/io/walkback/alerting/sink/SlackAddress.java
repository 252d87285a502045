package io.walkback.alerting.sink;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which address may be a Slack webhook: `https://hooks.slack.com/...`, so that a slip in a setting does not send
/// alerts to a stranger. A capture endpoint for tests and the demo is either on this machine or named on purpose.
public final class SlackAddress {
    private static final String SLACK = "hooks.slack.com";
    private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "localhost", "[::1]");

    private SlackAddress() {}

    /// The address in `webhook`.
    ///
    /// @param base scheme, host and port that are allowed besides Slack's own, null for none
    /// @throws OperatorActionException with `CONFIGURATION` when it may not be used; it never holds the address
    public static URI of(Secret webhook, @Nullable String base) {
        URI address = parse(webhook.reveal().strip());
        if (address == null || address.getHost() == null || address.getUserInfo() != null) {
            throw wrong("SLACK_WEBHOOK_URL is not an address");
        }
        boolean secure = "https".equalsIgnoreCase(address.getScheme());
        boolean plain = "http".equalsIgnoreCase(address.getScheme());
        boolean slack = secure && SLACK.equalsIgnoreCase(address.getHost()) && address.getPort() < 0;
        boolean here = (secure || plain) && THIS_MACHINE.contains(address.getHost());
        if (slack || here || (base != null && sameOrigin(address, parse(base.strip())))) {
            return address;
        }
        throw wrong("SLACK_WEBHOOK_URL does not begin with https://" + SLACK + "/");
    }

    private static boolean sameOrigin(URI address, @Nullable URI base) {
        return base != null
                && base.getHost() != null
                && base.getHost().equalsIgnoreCase(address.getHost())
                && base.getPort() == address.getPort()
                && base.getScheme().equalsIgnoreCase(address.getScheme());
    }

    private static @Nullable URI parse(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException notAnAddress) {
            // Its message holds the text, which is the secret: said by the caller in other words.
            return null;
        }
    }

    private static OperatorActionException wrong(String message) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                message,
                "Copy the address of the incoming webhook from Slack; an endpoint of your own is allowed by"
                        + " WALKBACK_ALERTING_SLACK_URL.");
    }
}
