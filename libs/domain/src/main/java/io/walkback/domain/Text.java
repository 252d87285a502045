package io.walkback.domain;

/// Foreign text made safe to print.
public final class Text {
    private Text() {}

    /// `text` cut to `limit` characters, control characters as `?`, so that a hostile name can neither break a log
    /// line nor flood it.
    public static String printable(String text, int limit) {
        StringBuilder safe = new StringBuilder(Math.min(text.length(), limit) + 1);
        text.codePoints()
                .limit(limit)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .forEach(safe::appendCodePoint);
        return text.codePointCount(0, text.length()) > limit ? safe.append('…').toString() : safe.toString();
    }
}
