package io.walkback.scheduler.api;

import io.walkback.catalog.view.StateFollower;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Text;
import io.walkback.operations.OperationLog;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.expiry.RepositoryAccess;
import io.walkback.scheduler.rebuild.CatalogRebuild;
import io.walkback.scheduler.rebuild.RebuildPage;
import io.walkback.scheduler.rebuild.WalRebuild;
import io.walkback.scheduler.state.State;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/// The catalog as a whole.
@RestController
class CatalogController {
    private final RepositoryAccess repository;
    private final CatalogRebuild rebuild;
    private final WalRebuild wal;

    CatalogController(
            State state,
            StateFollower follower,
            RepositoryAccess repository,
            CommandWriter commands,
            OperationLog log,
            Clock clock) {
        this.repository = repository;
        this.rebuild = new CatalogRebuild(
                state, follower, repository, commands, record -> OperationController.append(log, record), clock);
        this.wal = new WalRebuild(state, repository, commands);
    }

    /// @param repository refused where the services have another one; null: whichever they have
    /// @param database null: all
    /// @param after    `next` of the page before; null: the first
    /// @param dryRun   true: nothing is written; null: it is
    record RebuildBody(
            @Nullable String repository,
            @Nullable String database,
            @Nullable String after,
            @Nullable Boolean dryRun) {}

    /// @param outcome `RESTORED`, `KNOWN` or `UNREADABLE`
    record RowJson(String database, @Nullable String backupId, String outcome, String reason) {}

    record FoundDatabase(String name, List<String> systemIdentifiers, boolean registered) {}

    record RebuildJson(
            String repository,
            boolean dryRun,
            List<FoundDatabase> databases,
            List<RowJson> items,
            @Nullable String next) {}

    private void requireAt(@Nullable URI place) {
        if (place != null && !repository.isAt(place)) {
            throw Refused.of(
                    HttpStatus.CONFLICT,
                    FailureCode.REQUEST_CONFLICT,
                    "the services do not keep their backups at '" + Text.printable(place.toString(), 200) + "'",
                    "Set WALKBACK_REPOSITORY_URL to the repository that the catalog is to be of, restart the services"
                            + " and run it again.");
        }
    }

    /// @param after  `next` of the page before; null: the first
    /// @param dryRun true: nothing is told; null: it is
    record WalBody(@Nullable String after, @Nullable Boolean dryRun) {}

    record WalJson(boolean dryRun, int segments, @Nullable String next) {}

    /// The next page of WAL that the repository has, made known to the index where it is not.
    @PostMapping("/api/recoverability/{name}/rebuild")
    WalJson rebuild(@PathVariable String name, @RequestBody WalBody body) {
        boolean dryRun = Boolean.TRUE.equals(body.dryRun());
        try {
            WalRebuild.Page page = wal.page(Fields.required("name", name, DatabaseId::new), body.after(), dryRun);
            return new WalJson(dryRun, page.segments(), page.next());
        } catch (IllegalArgumentException malformed) {
            throw Refused.badRequest("after: " + malformed.getMessage(), "Pass 'next' of the page before as it is.");
        }
    }

    /// The next page of backups that the repository has, made known where they are not.
    @PostMapping("/api/catalog/rebuild")
    RebuildJson rebuild(@RequestBody RebuildBody body) throws InterruptedException {
        boolean dryRun = Boolean.TRUE.equals(body.dryRun());
        requireAt(Fields.optional("repository", body.repository(), URI::create));
        RebuildPage page;
        try {
            page = rebuild.page(Fields.optional("database", body.database(), DatabaseId::new), body.after(), dryRun);
        } catch (IllegalArgumentException malformed) {
            throw Refused.badRequest("after: " + malformed.getMessage(), "Pass 'next' of the page before as it is.");
        }
        return new RebuildJson(
                page.repository(),
                dryRun,
                page.databases().stream()
                        .map(database -> new FoundDatabase(
                                database.name().value(),
                                database.systems().stream()
                                        .map(Object::toString)
                                        .toList(),
                                database.registered()))
                        .toList(),
                page.rows().stream()
                        .map(row -> new RowJson(
                                row.database().value(),
                                row.backup() == null ? null : row.backup().value(),
                                row.outcome().name(),
                                row.reason()))
                        .toList(),
                page.next());
    }
}
