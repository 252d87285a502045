package io.walkback.scheduler.api;

import io.walkback.checks.CheckResult;
import io.walkback.checks.CheckStatus;
import io.walkback.checks.DatabaseCheck;
import io.walkback.checks.RepositoryCheck;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.scheduler.registry.Registry;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// Named checks of one database, its repository and the platform, made anew at each call.
@RestController
public class CheckController {
    private final Registry registry;
    private final DatabaseCheck databases;
    private final RepositoryCheck repository;
    private final Platform platform;
    private final Clock clock;

    CheckController(
            Registry registry, DatabaseCheck databases, RepositoryCheck repository, Platform platform, Clock clock) {
        this.registry = registry;
        this.databases = databases;
        this.repository = repository;
        this.platform = platform;
        this.clock = clock;
    }

    /// What there is to say about registry and topics.
    public interface Platform extends Supplier<List<CheckResult>> {}

    record Check(
            String id,
            String status,
            String seen,
            @Nullable String remedy,
            @Nullable String code) {
        static Check of(CheckResult result) {
            return new Check(
                    result.id().id(),
                    result.status().text(),
                    result.seen(),
                    result.remedy(),
                    result.code() == null ? null : result.code().name());
        }
    }

    record Report(String database, String status, Instant at, List<Check> checks) {}

    @GetMapping("/api/databases/{name}/check")
    Report check(@PathVariable String name) {
        DatabaseRegistration registration = registry.require(Fields.required("name", name, DatabaseId::new));
        DatabaseCheck.Looked looked = databases.look(registration);
        List<CheckResult> results = new ArrayList<>(looked.results());
        results.add(repository.look(registration.id(), looked.facts().map(ServerFacts::systemIdentifier)));
        results.addAll(platform.get());
        CheckStatus worst = results.stream()
                .map(CheckResult::status)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return new Report(
                registration.id().value(),
                worst.text(),
                clock.instant(),
                results.stream().map(Check::of).toList());
    }
}
