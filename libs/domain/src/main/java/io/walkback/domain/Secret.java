package io.walkback.domain;

/// A password, token or key that must not be printed (P11): [#toString] hides it, so that a record, a log line or
/// an exception that holds one gives nothing away. [#reveal] is the only way to the text, and is easy to search
/// for.
public final class Secret {
    private final String text;

    public Secret(String text) {
        this.text = text;
    }

    /// The text itself. Pass it straight to what needs it; keep no copy.
    public String reveal() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && text.equals(secret.text);
    }

    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
