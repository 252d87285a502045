package io.walkback.cli;

import java.util.Set;
import java.util.TreeSet;

/// What this version can do, by the names that are fixed for scripts.
final class Commands {
    static final Set<String> IMPLEMENTED = new TreeSet<>(Set.of(
            "demo",
            "up",
            "databases list",
            "databases add",
            "databases check",
            "databases adopt",
            "databases remove",
            "backup create",
            "backup list",
            "backup show",
            "backup verify",
            "drill run",
            "drill list",
            "restore",
            "extract",
            "policy show",
            "policy plan",
            "expire",
            "hold",
            "release",
            "operations list",
            "operations show",
            "operations cancel",
            "operations pause",
            "operations release",
            "info",
            "status",
            "window",
            "catalog rebuild",
            "repo analyze",
            "repo copy",
            "repo init",
            "repo verify",
            "keys rotate",
            "alerts list",
            "wal release-sync",
            "wal setup",
            "wal token"));

    private Commands() {}
}
