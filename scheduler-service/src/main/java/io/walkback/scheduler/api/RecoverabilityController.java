package io.walkback.scheduler.api;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.window.Answer;
import io.walkback.domain.window.Reachability;
import io.walkback.scheduler.registry.Registry;
import io.walkback.scheduler.state.State;
import io.walkback.scheduler.trigger.WalWatch;
import io.walkback.scheduler.window.Windows;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Where databases can be walked back to. Answers from memory.
@RestController
class RecoverabilityController {
    private final State state;
    private final Registry registry;
    private final Windows windows;
    private final WalWatch wal;

    RecoverabilityController(State state, Registry registry, Windows windows, WalWatch wal) {
        this.state = state;
        this.registry = registry;
        this.windows = windows;
        this.wal = wal;
    }

    @GetMapping("/api/recoverability")
    Page<RecoverabilityJson> list(
            @RequestParam(required = false) @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
        return Page.of(state.databases().all(), database -> database.id().value(), cursor, limit, this::window);
    }

    /// @param at  asks for a time, with its zone
    /// @param lsn asks for a position; one of the two at most
    @GetMapping("/api/recoverability/{name}")
    RecoverabilityJson show(
            @PathVariable String name,
            @RequestParam(required = false) @Nullable String at,
            @RequestParam(required = false) @Nullable String lsn,
            @RequestParam(required = false) @Nullable Long timeline) {
        DatabaseRegistration database = registry.require(Fields.required("name", name, DatabaseId::new));
        Instant time = Fields.time("at", at);
        Lsn position = Fields.optional("lsn", lsn, Lsn::parse);
        TimelineId wanted = Fields.timeline(timeline);
        if (time != null && position != null) {
            throw Refused.badRequest("'at' and 'lsn' are both given", "Ask for one of them.");
        }
        Optional<Reachability> known = windows.of(database.id());
        if (time != null) {
            return answer(database, known, time.toString(), window -> window.at(time, null, wanted));
        }
        if (position != null) {
            return answer(database, known, position.toString(), window -> window.at(position, null, wanted));
        }
        return window(database);
    }

    private RecoverabilityJson answer(
            DatabaseRegistration registration,
            Optional<Reachability> known,
            String target,
            Function<Reachability, Answer> ask) {
        DatabaseId database = registration.id();
        return RecoverabilityJson.of(
                database,
                windows,
                wal,
                known.map(Reachability::ranges).orElse(List.of()),
                known.map(ask)
                        .map(answer -> AnswerJson.of(target, answer, way -> windows.estimate(database, way)))
                        .orElseGet(() -> AnswerJson.nothing(target)),
                registration.policy().drill());
    }

    private RecoverabilityJson window(DatabaseRegistration registration) {
        DatabaseId database = registration.id();
        return RecoverabilityJson.of(
                database,
                windows,
                wal,
                windows.of(database).map(Reachability::ranges).orElse(List.of()),
                null,
                registration.policy().drill());
    }
}
