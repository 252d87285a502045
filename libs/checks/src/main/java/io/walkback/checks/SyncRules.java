package io.walkback.checks;

import static io.walkback.checks.CheckResult.failed;
import static io.walkback.checks.CheckResult.ok;
import static io.walkback.checks.CheckResult.warning;

import io.walkback.domain.FailureCode;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.postgres.setup.StandbyNames;

/// Judges whom commits wait for, beside what the policy promises. Pure.
record SyncRules(DatabaseRegistration registration, ServerView.Synchronous seen) {
    private static final String BOTH = "ANY 1 (walkback_a, walkback_b)";
    private static final String RELOAD = "SELECT pg_reload_conf();";

    CheckResult judge() {
        StandbyNames names;
        try {
            names = StandbyNames.parse(seen.names());
        } catch (IllegalArgumentException odd) {
            return warning(CheckId.SYNCHRONOUS, String.valueOf(odd.getMessage()), "See what the server's log says.");
        }
        if (names.namesEverybody()) {
            return everybody();
        }
        return registration.policy().hasTail() ? withTail(names) : withoutTail(names);
    }

    private CheckResult everybody() {
        return warning(
                CheckId.SYNCHRONOUS,
                "synchronous_standby_names is " + named() + ": every standby counts, the receiver of walkback among"
                        + " them, which acknowledges what is durable and so may take seconds",
                "Name the standbys that are to count: ALTER SYSTEM SET synchronous_standby_names = '...';\n" + RELOAD);
    }

    /// Receivers of a policy without a tail connect under another name: nobody answers to these.
    private CheckResult withoutTail(StandbyNames names) {
        if (!names.namesOurs()) {
            return ok(CheckId.SYNCHRONOUS, "commits do not wait for walkback");
        }
        StandbyNames left = names.withoutOurs();
        boolean enough = !left.members().isEmpty() && left.number() == names.number();
        String what = "synchronous_standby_names is " + named() + ", and the policy keeps no tail, so that nobody"
                + " connects under those names";
        String remedy = "walkback wal release-sync " + registration.id() + " --admin-url postgresql://...\nor: walkback"
                + " databases add " + registration.id() + " --url ... --wal-durability kafka-tail";
        return enough
                ? warning(CheckId.SYNCHRONOUS, what, remedy)
                : failed(CheckId.SYNCHRONOUS, FailureCode.POSTGRES_SETTING, what + ": commits wait for ever", remedy);
    }

    private CheckResult withTail(StandbyNames names) {
        if (!names.namesOurs()) {
            return warning(
                    CheckId.SYNCHRONOUS,
                    "the policy keeps a tail, and commits do not wait for it: those of the last moment may be lost with"
                            + " the server",
                    set(BOTH));
        }
        return switch (seen.commit()) {
            case "remote_apply" ->
                failed(
                        CheckId.SYNCHRONOUS,
                        FailureCode.POSTGRES_SETTING,
                        "synchronous_commit is remote_apply, and a receiver applies nothing: no commit returns",
                        "ALTER SYSTEM SET synchronous_commit = 'on';\n" + RELOAD);
            case "off", "local" ->
                warning(
                        CheckId.SYNCHRONOUS,
                        "synchronous_commit is " + seen.commit() + ", so commits wait for no receiver although "
                                + named() + " names one",
                        "ALTER SYSTEM SET synchronous_commit = 'on';\n" + RELOAD);
            default -> received(names);
        };
    }

    private CheckResult received(StandbyNames names) {
        int ours = names.members().size() - names.withoutOurs().members().size();
        if (ours < 2) {
            return warning(
                    CheckId.SYNCHRONOUS,
                    "synchronous_standby_names is " + named() + ", with one receiver: commits wait while another worker"
                            + " takes it over, up to 90 s",
                    set(BOTH));
        }
        return ok(CheckId.SYNCHRONOUS, "commits wait for " + named());
    }

    private String named() {
        return "'" + seen.names() + "'";
    }

    private static String set(String names) {
        return "ALTER SYSTEM SET synchronous_standby_names = '" + names + "';\n" + RELOAD;
    }
}
