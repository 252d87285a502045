package io.walkback.cli;

import java.util.regex.Pattern;

/// Takes what may be a password out of a message that repeats somebody's arguments (P11). Takes rather too much
/// than too little.
final class Redaction {
    /// From `://` to the last `@` of the word: a password may hold any character that people forget to encode.
    private static final Pattern USER_INFO = Pattern.compile("://[^\\s]*@");

    private static final Pattern PARAMETER =
            Pattern.compile("((?:password|passwd|pwd|token|secret)=)[^&\\s'\"]*", Pattern.CASE_INSENSITIVE);

    private Redaction() {}

    static String of(String message) {
        return PARAMETER
                .matcher(USER_INFO.matcher(message).replaceAll("://***@"))
                .replaceAll("$1***");
    }
}
