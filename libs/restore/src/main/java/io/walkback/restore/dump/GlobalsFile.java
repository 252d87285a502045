package io.walkback.restore.dump;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `pg_dumpall --globals-only` wrote: the roles and tablespaces, each with the statements that make it. May
/// hold password hashes, and shows none.
final class GlobalsFile {
    private static final String NAME = "(\"(?:[^\"]|\"\")*\"|[^\\s;\"(),]+)";
    private static final Pattern ROLE =
            Pattern.compile("(?:CREATE ROLE|ALTER ROLE|COMMENT ON ROLE) " + NAME + "(.*)", Pattern.DOTALL);
    private static final Pattern MEMBERSHIP =
            Pattern.compile("GRANT " + NAME + " TO " + NAME + "(?: (?:WITH|GRANTED) .*)?", Pattern.DOTALL);
    private static final Pattern TABLESPACE = Pattern.compile(
            "(?:CREATE TABLESPACE|ALTER TABLESPACE|COMMENT ON TABLESPACE) " + NAME + ".*", Pattern.DOTALL);
    private static final Pattern TABLESPACE_GRANT =
            Pattern.compile("(?:GRANT|REVOKE) .* ON TABLESPACE " + NAME + " .*", Pattern.DOTALL);

    private final Map<String, List<String>> roles = new LinkedHashMap<>();
    private final Map<String, List<String>> memberships = new LinkedHashMap<>();
    private final Map<String, List<String>> tablespaces = new LinkedHashMap<>();

    GlobalsFile(String sql) {
        statements(sql).forEach(this::sort);
    }

    private void sort(String statement) {
        Matcher role = ROLE.matcher(statement);
        Matcher membership = MEMBERSHIP.matcher(statement);
        Matcher tablespace = TABLESPACE.matcher(statement);
        Matcher grant = TABLESPACE_GRANT.matcher(statement);
        if (role.matches()) {
            // What a role is set to in one dbname belongs to a dbname that need not be there.
            if (!role.group(2).startsWith(" IN DATABASE ")) {
                add(roles, role.group(1), statement);
            }
        } else if (membership.matches()) {
            add(memberships, membership.group(2), statement);
        } else if (tablespace.matches()) {
            add(tablespaces, tablespace.group(1), statement);
        } else if (grant.matches()) {
            add(tablespaces, grant.group(1), statement);
        }
    }

    private static void add(Map<String, List<String>> to, String name, String statement) {
        String plain =
                name.startsWith("\"") ? name.substring(1, name.length() - 1).replace("\"\"", "\"") : name;
        to.computeIfAbsent(plain, _ -> new ArrayList<>()).add(statement);
    }

    Set<String> roles() {
        return roles.keySet();
    }

    Set<String> tablespaces() {
        return tablespaces.keySet();
    }

    /// Statements that make the roles which are not `there`, and what these are members of. Nothing is said of a
    /// role that is there.
    List<String> absentRoles(Set<String> there) {
        List<String> statements = absent(roles, there);
        statements.addAll(absent(memberships, there));
        return statements;
    }

    List<String> absentTablespaces(Set<String> there) {
        return absent(tablespaces, there);
    }

    private static List<String> absent(Map<String, List<String>> all, Set<String> there) {
        List<String> statements = new ArrayList<>();
        all.forEach((name, making) -> {
            if (!there.contains(name)) {
                statements.addAll(making);
            }
        });
        return statements;
    }

    /// Cuts a script into statements, without comments and without lines that are for psql.
    private static List<String> statements(String sql) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        int i = 0;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            boolean beginning = statement.toString().isBlank();
            if (sql.startsWith("--", i) || (c == '\\' && beginning)) {
                int end = sql.indexOf('\n', i);
                i = end < 0 ? sql.length() : end;
            } else if (c == ';') {
                statements.add(statement.toString().strip());
                statement.setLength(0);
                i++;
            } else {
                int end = c == '"' || c == '\'' ? closing(sql, i) : i + 1;
                statement.append(sql, i, end);
                i = end;
            }
        }
        return statements;
    }

    /// Behind the quote that ends what begins at `i`. A doubled one is part of it. After an `E` a backslash hides what
    /// follows it.
    private static int closing(String sql, int i) {
        char quote = sql.charAt(i);
        boolean escapes = quote == '\'' && i > 0 && sql.charAt(i - 1) == 'E';
        for (int at = i + 1; at < sql.length(); at++) {
            boolean doubled = sql.charAt(at) == quote && at + 1 < sql.length() && sql.charAt(at + 1) == quote;
            if (doubled || (escapes && sql.charAt(at) == '\\')) {
                at++;
            } else if (sql.charAt(at) == quote) {
                return at + 1;
            }
        }
        return sql.length();
    }
}
