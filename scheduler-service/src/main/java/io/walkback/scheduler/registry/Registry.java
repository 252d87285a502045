package io.walkback.scheduler.registry;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Secret;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.Immutability;
import io.walkback.domain.database.PushToken;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupExtent;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.state.State;
import io.walkback.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The inventory's only writer in this process. Thread-safe.
public final class Registry {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);
    private static final Duration SEEN = Duration.ofSeconds(5);

    private final State state;
    private final CommandWriter commands;
    private final @Nullable DatabasesFile file;
    private final BackupPolicy defaults;
    private final Consumer<Immutability> locks;
    private final IntConsumer copies;
    private final Map<DatabaseId, DatabaseRegistration> fromFile = new ConcurrentHashMap<>();
    private String applied = "";
    private String refused = "";

    /// @param config    the file; null: none
    /// @param retention of a policy that does not say
    /// @param locks     fails where the repository cannot lock as a policy wants, `NOT_SUPPORTED`, or cannot be
    /// asked
    /// @param copies    fails where there are not as many places as a policy wants copies, likewise
    public Registry(
            State state,
            CommandWriter commands,
            @Nullable Path config,
            Duration retention,
            Consumer<Immutability> locks,
            IntConsumer copies) {
        this.state = state;
        this.commands = commands;
        this.locks = locks;
        this.copies = copies;
        this.file = config == null ? null : new DatabasesFile(config, retention);
        this.defaults = DatabasesFile.withRetention(retention);
    }

    /// What a policy has where nobody says anything else.
    public BackupPolicy defaultPolicy() {
        return defaults;
    }

    /// A policy as the configuration file has one, for looking at what it would do. Throws what a file with it is
    /// refused for.
    public BackupPolicy parsePolicy(String yaml) {
        return new DatabasesFile(Path.of("policy"), defaults.retention()).parsePolicy(yaml);
    }

    public boolean isManagedByFile(DatabaseId id) {
        return fromFile.containsKey(id);
    }

    /// Applies the file for the first time. Throws [OperatorActionException] when it cannot be used.
    public void applyAtStart() {
        if (file != null) {
            String text = file.text();
            take(file.parse(text));
            applied = text;
            reconcile();
        }
    }

    /// Reads the file again if it changed, and writes what `databases` lacks. A file that became unusable changes
    /// nothing and is reported once.
    public void tick() {
        if (file != null) {
            readAgain(file);
            reconcile();
        }
        adoptFirstSight();
    }

    private void readAgain(DatabasesFile changed) {
        String text = "";
        try {
            text = changed.text();
            if (text.equals(applied) || text.equals(refused)) {
                return;
            }
            take(changed.parse(text));
            applied = text;
            LOG.atInfo().addKeyValue("databases", fromFile.size()).log("configuration file applied");
        } catch (OperatorActionException unusable) {
            if (!text.equals(refused) || text.isEmpty()) {
                refused = text;
                LOG.atError()
                        .addKeyValue("failureCode", unusable.code())
                        .log("configuration file cannot be used, what it said before holds: {}", unusable.text());
            }
        }
    }

    private void take(List<DatabaseRegistration> registrations) {
        registrations.stream()
                .map(registration -> registration.policy().immutability())
                .distinct()
                .forEach(wanted -> ifAnswered("immutability " + wanted, () -> locks.accept(wanted)));
        registrations.stream()
                .mapToInt(registration -> registration.policy().copies())
                .distinct()
                .forEach(wanted -> ifAnswered("copies " + wanted, () -> copies.accept(wanted)));
        Set<DatabaseId> named = new HashSet<>();
        registrations.forEach(registration -> {
            named.add(registration.id());
            fromFile.put(registration.id(), registration);
        });
        fromFile.keySet().retainAll(named);
    }

    /// A store that cannot be asked for now refuses no file: whoever starts while it is down would not start. The
    /// worker asks for locks before it writes, and copies that are missing alarm.
    private static void ifAnswered(String wanted, Runnable question) {
        try {
            question.run();
        } catch (RetryableException later) {
            LOG.atWarn()
                    .addKeyValue("failureCode", later.code())
                    .addKeyValue("wanted", wanted)
                    .log("whether the repository can do what a policy wants is not known yet");
        }
    }

    private void reconcile() {
        for (DatabaseRegistration wanted : fromFile.values()) {
            Optional<DatabaseRegistration> known = state.database(wanted.id());
            DatabaseRegistration whole = withKnown(wanted, known.orElse(null));
            if (known.isEmpty() || !known.get().equals(whole)) {
                save("configuration file", "database.configure", whole);
            }
        }
    }

    /// The cluster that the first backup saw is the one that belongs to the name, until another is adopted. After a
    /// rebuild of the catalog there may be backups of several, and the newest backup's is current.
    private void adoptFirstSight() {
        state.databases().all().filter(known -> known.system() == null).forEach(known -> state.backupsOf(known.id())
                .filter(backup -> backup.extent() != null)
                .max(Comparator.comparing(BackupCatalogEntry::requestedAt))
                .map(BackupCatalogEntry::extent)
                .map(BackupExtent::systemIdentifier)
                .ifPresent(seen -> save("first backup", "database.first-sight", known.withSystem(seen))));
    }

    /// Adds or replaces. Returns what stands now; the cluster that was seen under the name stays, and so does the
    /// token that lets its WAL be pushed. `NOT_SUPPORTED`
    /// when the repository cannot lock what the policy wants locked, or does not say that it can, and when there is
    /// no second place that it wants a copy in.
    public DatabaseRegistration register(String actor, DatabaseRegistration wanted) {
        requireNotFromFile(wanted.id());
        DatabaseRegistration whole =
                withKnown(wanted, state.database(wanted.id()).orElse(null));
        if (!state.database(wanted.id()).equals(Optional.of(whole))) {
            locks.accept(whole.policy().immutability());
            copies.accept(whole.policy().copies());
            save(actor, "database.register", whole);
        }
        return whole;
    }

    /// From now on `system` is the cluster under the name.
    public DatabaseRegistration adopt(String actor, DatabaseId id, SystemIdentifier system) {
        DatabaseRegistration known = require(id);
        DatabaseRegistration adopted = known.withSystem(system);
        if (!adopted.equals(known)) {
            save(actor, "database.adopt", adopted);
        }
        return adopted;
    }

    /// Makes a new token that lets WAL of the database be pushed; the one before stops to. It is told once: what is
    /// written is its hash. `REQUEST_CONFLICT` unless the policy pushes WAL.
    public Secret issuePushToken(String actor, DatabaseId id) {
        DatabaseRegistration known = require(id);
        if (!known.policy().pushWal()) {
            throw new OperatorActionException(
                    FailureCode.REQUEST_CONFLICT,
                    "the policy of database '" + id + "' pushes no wal, so there is nothing for a token to let in",
                    "Set pushWal: true in its policy first, or use 'walkback databases add " + id + " --wal push'.");
        }
        Secret token = PushToken.issue();
        save(actor, "database.push-token", known.withPushTokenHash(PushToken.hash(token)));
        return token;
    }

    /// Forgets the database. Its backups stay.
    public void remove(String actor, DatabaseId id) {
        require(id);
        requireNotFromFile(id);
        commands.remove(
                Act.of(actor, "database.remove", id.value(), id, AuditOutcome.SUCCEEDED),
                Topics.DATABASES.name(),
                List.of(id.value()));
        awaitSeen(id, () -> state.databases().awaitGone(id.value(), SEEN));
    }

    public DatabaseRegistration require(DatabaseId id) {
        return state.database(id)
                .orElseThrow(() -> new OperatorActionException(
                        FailureCode.DATABASE_UNKNOWN,
                        "no database is registered under the name '" + id + "'",
                        "Register it first; GET /api/databases lists the names."));
    }

    private void requireNotFromFile(DatabaseId id) {
        if (isManagedByFile(id)) {
            throw new OperatorActionException(
                    FailureCode.REQUEST_CONFLICT,
                    "database '" + id + "' is managed by the configuration file",
                    "Change the file; it is applied within seconds.");
        }
    }

    private void save(String actor, String action, DatabaseRegistration registration) {
        commands.write(
                Act.of(actor, action, registration.id().value(), registration.id(), AuditOutcome.SUCCEEDED),
                List.of(registration));
        awaitSeen(registration.id(), () -> state.databases()
                .await(registration.id().value(), registration::equals, SEEN)
                .isPresent());
        LOG.atInfo()
                .addKeyValue("databaseId", registration.id())
                .addKeyValue("action", action)
                .log("database registered");
    }

    private interface Sight {
        boolean seen() throws InterruptedException;
    }

    /// Whoever asks right after the answer must find what was written.
    private static void awaitSeen(DatabaseId id, Sight sight) {
        try {
            if (!sight.seen()) {
                LOG.atWarn()
                        .addKeyValue("databaseId", id)
                        .log("registration is written and not seen yet, views are behind");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RetryableException(
                    FailureCode.BROKER_UNAVAILABLE,
                    "interrupted while waiting for the registration of '" + id + "' to be seen",
                    "It is written; ask again.",
                    interrupted);
        }
    }

    private static DatabaseRegistration withKnown(DatabaseRegistration wanted, @Nullable DatabaseRegistration known) {
        return known == null ? wanted : wanted.withSystem(known.system()).withPushTokenHash(known.pushTokenHash());
    }
}
