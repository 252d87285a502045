package io.walkback.postgres.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A value of `synchronous_standby_names`: whom commits wait for. PostgreSQL's manual has its grammar,
/// "Replication", "Primary Server"; names are compared without regard to case, and `*` is every standby.
///
/// @param method  `ANY`, `FIRST`, or empty where the value says neither
/// @param number  how many of the members a commit waits for; 0 where the value does not say, which means one
/// @param members as they are written, quotes included
public record StandbyNames(String method, int number, List<String> members) {
    /// Nobody: commits wait for their own server alone.
    public static final StandbyNames NOBODY = new StandbyNames("", 0, List.of());

    /// Names under which our receivers of one database connect while their policy has a tail.
    private static final Set<String> OURS = Set.of("walkback_a", "walkback_b");

    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(\"(?:[^\"]|\"\")+\"|\\*|[A-Za-z_\\x{80}-\\x{10FFFF}][A-Za-z0-9_$\\x{80}-\\x{10FFFF}]*|[0-9]+|[(),])");

    public StandbyNames {
        members = List.copyOf(members);
    }

    /// Throws [IllegalArgumentException] for what PostgreSQL would refuse as well.
    public static StandbyNames parse(String value) {
        List<String> tokens = tokens(value);
        if (tokens.isEmpty()) {
            return NOBODY;
        }
        String first = tokens.getFirst().toUpperCase(Locale.ROOT);
        boolean named = first.equals("ANY") || first.equals("FIRST");
        List<String> rest = named ? tokens.subList(1, tokens.size()) : tokens;
        if (!named && (rest.size() < 2 || !rest.get(1).equals("("))) {
            return new StandbyNames("", 0, members(rest, value));
        }
        if (rest.size() < 4 || !rest.get(1).equals("(") || !rest.getLast().equals(")")) {
            throw unreadable(value);
        }
        try {
            return new StandbyNames(
                    named ? first : "",
                    Integer.parseInt(rest.getFirst()),
                    members(rest.subList(2, rest.size() - 1), value));
        } catch (NumberFormatException _) {
            throw unreadable(value);
        }
    }

    private static List<String> tokens(String value) {
        List<String> tokens = new ArrayList<>();
        String text = value.strip();
        Matcher matcher = TOKEN.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw unreadable(value);
            }
            tokens.add(matcher.group(1));
            at = matcher.end();
        }
        return tokens;
    }

    /// Every second one is a comma.
    private static List<String> members(List<String> tokens, String value) {
        List<String> members = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            if (token.equals(",") != (i % 2 == 1) || token.equals("(") || token.equals(")")) {
                throw unreadable(value);
            }
            if (i % 2 == 0) {
                members.add(token);
            }
        }
        if (tokens.size() % 2 == 0) {
            throw unreadable(value);
        }
        return members;
    }

    private static IllegalArgumentException unreadable(String value) {
        return new IllegalArgumentException("'" + value + "' is no value of synchronous_standby_names");
    }

    /// Whether a receiver of ours is named.
    public boolean namesOurs() {
        return names().anyMatch(OURS::contains);
    }

    /// Whether every standby counts, and so our receivers among them.
    public boolean namesEverybody() {
        return names().anyMatch("*"::equals);
    }

    /// Without our receivers. A commit waits for no more members than are left; PostgreSQL would wait for ever.
    public StandbyNames withoutOurs() {
        List<String> left =
                members.stream().filter(member -> !OURS.contains(name(member))).toList();
        return left.isEmpty() ? NOBODY : new StandbyNames(method, Math.min(number, left.size()), left);
    }

    private Stream<String> names() {
        return members.stream().map(StandbyNames::name);
    }

    private static String name(String member) {
        String bare = member.startsWith("\"")
                ? member.substring(1, member.length() - 1).replace("\"\"", "\"")
                : member;
        return bare.toLowerCase(Locale.ROOT);
    }

    /// As the setting takes it; empty for nobody.
    @Override
    public String toString() {
        String list = String.join(", ", members);
        return number == 0 ? list : (method.isEmpty() ? "" : method + " ") + number + " (" + list + ")";
    }
}
