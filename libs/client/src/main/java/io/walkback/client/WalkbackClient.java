package io.walkback.client;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The REST API of one scheduler-service. Thread-safe; the caller closes it.
///
/// Every method waits for its answer, 30 s at most ([#check] 2 min, [#retention] and pages of [#rebuildCatalog] 10
/// min), ends early on an interrupt, and throws [io.walkback.domain.PlatformException]: the API's own code and
/// hint, or `API_UNREACHABLE` (retryable),
/// `API_AUTHENTICATION` and `API_UNEXPECTED`. Nothing is repeated by itself, save the polling of [#await].
public final class WalkbackClient implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration CHECK_ANSWER = Duration.ofMinutes(2);
    private static final Duration LISTING_ANSWER = Duration.ofMinutes(10);
    /// What ends within seconds is asked for often, so that the asking adds a twentieth to it and not half a
    /// second.
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    private static final int PAGE = 200;

    private final Exchange exchange;
    private final Duration longestPause;

    /// @param api   `http://host:port`, a path before `/api` allowed
    /// @param token sent as bearer; null: nothing is sent
    public WalkbackClient(URI api, @Nullable Secret token) {
        this(api, token, LONGEST_PAUSE);
    }

    /// @param longestPause between two questions of [#await]
    WalkbackClient(URI api, @Nullable Secret token, Duration longestPause) {
        if (!Set.of("http", "https").contains(String.valueOf(api.getScheme()))
                || api.getHost() == null
                || api.getRawUserInfo() != null
                || api.getRawQuery() != null) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "the address of the API is not usable",
                    "Write it as http://127.0.0.1:8080, without user, password and query.");
        }
        this.exchange = new Exchange(api, token);
        this.longestPause = longestPause;
    }

    // Databases

    /// By name.
    public Pages<DatabaseView> databases() {
        return pages(new Query("/api/databases"), DatabaseView.class);
    }

    public DatabaseView database(String name) throws InterruptedException {
        return exchange.get(database(name, ""), ANSWER, Set.of(), DatabaseView.class);
    }

    /// Adds or replaces.
    public DatabaseView register(DatabaseForm form) throws InterruptedException {
        return exchange.post("/api/databases", ANSWER, form, null, DatabaseView.class);
    }

    private record Adoption(String systemIdentifier) {}

    /// From now on the cluster with this identifier is the one under the name.
    public DatabaseView adopt(String name, String systemIdentifier) throws InterruptedException {
        return exchange.post(
                database(name, "/adopt"), ANSWER, new Adoption(systemIdentifier), null, DatabaseView.class);
    }

    private record Issued(String token) {
        /// Without the token (P11).
        @Override
        public String toString() {
            return "a token";
        }
    }

    /// Makes a token that lets WAL of the database be pushed; the one before stops to. Nobody is told it again.
    public Secret pushToken(String name) throws InterruptedException {
        return new Secret(exchange.post(database(name, "/push-token"), ANSWER, null, null, Issued.class)
                .token());
    }

    private record Recorded(String releaseId) {}

    /// Has the audit log say that somebody released commits of the database.
    public void recordRelease(String name, SyncReleaseForm form) throws InterruptedException {
        var _ = exchange.post(database(name, "/sync-releases"), ANSWER, form, null, Recorded.class);
    }

    /// Takes it out of the inventory; its backups stay.
    public void remove(String name) throws InterruptedException {
        exchange.delete(database(name, ""), ANSWER);
    }

    /// Runs the named checks in the service's process, against the server as it is now.
    public CheckReport check(String name) throws InterruptedException {
        return exchange.get(database(name, "/check"), CHECK_ANSWER, Set.of(), CheckReport.class);
    }

    /// What would become of everything under the policy in force.
    public RetentionView retention(String name) throws InterruptedException {
        return exchange.get(database(name, "/retention"), LISTING_ANSWER, Set.of(), RetentionView.class);
    }

    /// Where it can be walked back to, and whether to one target.
    ///
    /// @param at  null, or a time that is asked for
    /// @param lsn null, or a position that is asked for
    /// @param timeline to be followed to it; null: that of the backup
    public RecoverabilityView recoverability(
            String name, @Nullable Instant at, @Nullable Lsn lsn, @Nullable Long timeline) throws InterruptedException {
        String path = new Query("/api/recoverability/" + Query.segment(name))
                .with("at", at)
                .with("lsn", lsn)
                .with("timeline", timeline)
                .toString();
        return exchange.get(path, ANSWER, Set.of(), RecoverabilityView.class);
    }

    private record Proposal(String yaml) {}

    /// The same under a policy as the configuration file has one.
    public RetentionView retention(String name, String policyYaml) throws InterruptedException {
        return exchange.post(
                database(name, "/retention"), LISTING_ANSWER, new Proposal(policyYaml), null, RetentionView.class);
    }

    /// Deletes what the policy lets go.
    public Accepted expire(String name, @Nullable String idempotencyKey) throws InterruptedException {
        return exchange.post(database(name, "/expire"), ANSWER, null, idempotencyKey, Accepted.class);
    }

    private record HoldForm(
            String backupId,
            @Nullable String database,
            String reason,
            @Nullable String until) {}

    /// Keeps a backup from expiring. The operation of the answer is the hold; cancelling it releases the backup.
    ///
    /// @param until null: until released
    public Accepted hold(String backupId, @Nullable String database, String reason, @Nullable Instant until)
            throws InterruptedException {
        HoldForm form = new HoldForm(backupId, database, reason, until == null ? null : until.toString());
        return exchange.post("/api/holds", ANSWER, form, null, Accepted.class);
    }

    private static String database(String name, String rest) {
        return "/api/databases/" + Query.segment(name) + rest;
    }

    // Backups

    /// @param idempotencyKey null: none; the same key again gives the first operation
    public Accepted createBackup(BackupForm form, @Nullable String idempotencyKey) throws InterruptedException {
        return exchange.post("/api/backup/create", ANSWER, form, idempotencyKey, Accepted.class);
    }

    public Accepted restore(RestoreForm form, @Nullable String idempotencyKey) throws InterruptedException {
        return exchange.post("/api/backup/restore", ANSWER, form, idempotencyKey, Accepted.class);
    }

    private record Verification(
            @Nullable String backupId, @Nullable String database) {}

    /// @param backupId null: every backup of `database`
    public Accepted verify(@Nullable String backupId, @Nullable String database, @Nullable String idempotencyKey)
            throws InterruptedException {
        return exchange.post(
                "/api/backup/verify", ANSWER, new Verification(backupId, database), idempotencyKey, Accepted.class);
    }

    /// Newest request first; null filters nothing.
    ///
    /// @param from times of the request, included
    /// @param to   not included
    public Pages<BackupView> backups(
            @Nullable String database, @Nullable String state, @Nullable Instant from, @Nullable Instant to) {
        return pages(
                new Query("/api/backup/list")
                        .with("database", database)
                        .with("state", state)
                        .with("from", from)
                        .with("to", to),
                BackupView.class);
    }

    /// @param database needed only where two databases have the same id
    public BackupView backup(String id, @Nullable String database) throws InterruptedException {
        String path = new Query("/api/backup/" + Query.segment(id))
                .with("database", database)
                .toString();
        return exchange.get(path, ANSWER, Set.of(), BackupView.class);
    }

    private record Rebuild(
            @Nullable String repository,
            @Nullable String database,
            @Nullable String after,
            boolean dryRun) {}

    /// Makes backups known again that the repository has and the catalog lost; what is known stays as it is.
    ///
    /// @param repository refused where the services keep their backups elsewhere; null: wherever they do
    /// @param database   null: all
    /// @param dryRun     only says what it would do
    /// @param each       hears every page before its items
    public Pages<CatalogRebuildView.Backup> rebuildCatalog(
            @Nullable URI repository, @Nullable String database, boolean dryRun, Consumer<CatalogRebuildView> each) {
        String place = repository == null ? null : repository.toString();
        return new Pages<>(after -> {
            CatalogRebuildView page = exchange.post(
                    "/api/catalog/rebuild",
                    LISTING_ANSWER,
                    new Rebuild(place, database, after, dryRun),
                    null,
                    CatalogRebuildView.class);
            each.accept(page);
            return new Pages.Page<>(page.items(), page.next());
        });
    }

    private record WalPage(@Nullable String after, boolean dryRun) {}

    private record WalFound(int segments, @Nullable String next) {}

    /// Makes WAL known to the index that the repository has of the database's current cluster; how many segments.
    ///
    /// @param dryRun only says how many it would be
    public long rebuildWal(String database, boolean dryRun) throws InterruptedException {
        String path = "/api/recoverability/" + Query.segment(database) + "/rebuild";
        long segments = 0;
        String after = null;
        do {
            WalFound page = exchange.post(path, LISTING_ANSWER, new WalPage(after, dryRun), null, WalFound.class);
            segments += page.segments();
            after = page.next();
        } while (after != null);
        return segments;
    }

    /// Asks for a rehearsal.
    public Accepted drill(DrillForm form, @Nullable String idempotencyKey) throws InterruptedException {
        return exchange.post("/api/drills", ANSWER, form, idempotencyKey, Accepted.class);
    }

    /// Rehearsals, the newest first.
    ///
    /// @param database null: of all
    public Pages<DrillView> drills(@Nullable String database) {
        return pages(new Query("/api/drills").with("database", database), DrillView.class);
    }

    public Statistics statistics() throws InterruptedException {
        return exchange.get("/api/backup/stats", ANSWER, Set.of(), Statistics.class);
    }

    /// Also when it is bad.
    public HealthView health() throws InterruptedException {
        return exchange.get("/health/backup", ANSWER, Set.of(503), HealthView.class);
    }

    /// What alerting-service, at the address of this client, knows.
    public AlertsView alerts() throws InterruptedException {
        return exchange.get("/api/alerts", ANSWER, Set.of(), AlertsView.class);
    }

    // Operations

    /// @param states all of them when empty
    /// @param live   true: only those that are not over
    public Pages<OperationView> operations(
            @Nullable String database, @Nullable String kind, List<String> states, boolean live) {
        Query query = new Query("/api/operations").with("database", database).with("kind", kind);
        states.forEach(state -> query.with("state", state));
        return pages(query.with("live", live ? "true" : null), OperationView.class);
    }

    public OperationView operation(String id) throws InterruptedException {
        return exchange.get(operation(id, ""), ANSWER, Set.of(), OperationView.class);
    }

    /// Writes the wish; it is carried out later.
    public OperationView cancel(String id) throws InterruptedException {
        return exchange.post(operation(id, "/cancel"), ANSWER, null, null, OperationView.class);
    }

    public OperationView pause(String id) throws InterruptedException {
        return exchange.post(operation(id, "/pause"), ANSWER, null, null, OperationView.class);
    }

    public OperationView release(String id) throws InterruptedException {
        return exchange.post(operation(id, "/release"), ANSWER, null, null, OperationView.class);
    }

    private static String operation(String id, String rest) {
        return "/api/operations/" + Query.segment(id) + rest;
    }

    /// Waits until the operation is over, however it ends. While the service is away, or does not know the
    /// operation yet, it is asked again until the deadline.
    ///
    /// Throws `WAIT_EXPIRED` (retryable) when `limit` has passed; the operation goes on.
    ///
    /// @param each hears every answer, the last one included
    public OperationView await(String id, Duration limit, Consumer<OperationView> each) throws InterruptedException {
        long begun = System.nanoTime();
        String last = "never seen";
        RetryableException cause = null;
        do {
            try {
                OperationView now = operation(id);
                each.accept(now);
                if (now.over()) {
                    return now;
                }
                last = now.state();
                cause = null;
            } catch (RetryableException away) {
                cause = away;
            } catch (OperatorActionException refused) {
                if (refused.code() != FailureCode.OPERATION_UNKNOWN) {
                    throw refused;
                }
            }
            // The rhythm of asking; an interrupt ends it.
            Thread.sleep(pause(Duration.ofNanos(System.nanoTime() - begun)));
        } while (System.nanoTime() - begun < limit.toNanos());
        throw new RetryableException(
                FailureCode.WAIT_EXPIRED,
                "operation '" + id + "' was not over after " + limit.toSeconds() + " s, last seen: " + last,
                "It goes on without us; see 'walkback operations show " + id + "'.",
                cause);
    }

    private Duration pause(Duration waited) {
        Duration pause = waited.dividedBy(20);
        pause = pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
        return pause.compareTo(longestPause) < 0 ? pause : longestPause;
    }

    private <T> Pages<T> pages(Query query, Class<T> item) {
        query.with("limit", PAGE);
        String base = query.toString();
        return new Pages<>(cursor ->
                exchange.page(cursor == null ? base : base + "&cursor=" + Query.segment(cursor), ANSWER, item));
    }

    @Override
    public void close() {
        exchange.close();
    }
}
