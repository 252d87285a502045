package io.walkback.scheduler.api;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.scheduler.state.State;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Shows the catalog.
@RestController
class BackupController {
    private final State state;
    private final Backups backups;

    BackupController(State state, Backups backups) {
        this.state = state;
        this.backups = backups;
    }

    @GetMapping("/api/backup/list")
    Page<BackupJson> list(
            @RequestParam(required = false) @Nullable String database,
            @RequestParam(name = "state", defaultValue = "") List<String> states,
            @RequestParam(required = false) @Nullable String type,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "50") int limit) {
        DatabaseId wanted = Fields.optional("database", database, DatabaseId::new);
        List<BackupStatus> among = states.stream()
                .map(text ->
                        Fields.required("state", text, name -> BackupStatus.valueOf(name.toUpperCase(Locale.ROOT))))
                .toList();
        BackupType kind = Fields.optional("type", type, name -> BackupType.valueOf(name.toUpperCase(Locale.ROOT)));
        Instant since = Fields.time("from", from);
        Instant until = Fields.time("to", to);
        return Page.of(
                state.backups()
                        .all()
                        .filter(entry ->
                                wanted == null || entry.header().database().equals(wanted))
                        .filter(entry -> among.isEmpty() || among.contains(entry.status()))
                        .filter(entry -> kind == null || entry.type() == kind)
                        .filter(entry -> since == null || !entry.requestedAt().isBefore(since))
                        .filter(entry -> until == null || entry.requestedAt().isBefore(until)),
                BackupController::mark,
                cursor,
                limit,
                backups::json);
    }

    private static String mark(BackupCatalogEntry entry) {
        return Page.newestFirst(entry.requestedAt(), entry.header().database() + "/" + entry.backupId());
    }

    @GetMapping("/api/backup/{id}")
    BackupJson show(@PathVariable String id, @RequestParam(required = false) @Nullable String database) {
        return backups.json(backups.require(
                Fields.required("id", id, BackupId::new), Fields.optional("database", database, DatabaseId::new)));
    }
}
