package io.walkback.scheduler.api;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.scheduler.registry.Registry;
import io.walkback.scheduler.state.State;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The inventory.
@RestController
class DatabaseController {
    private final State state;
    private final Registry registry;

    DatabaseController(State state, Registry registry) {
        this.state = state;
        this.registry = registry;
    }

    record AdoptBody(@Nullable String systemIdentifier) {}

    record PushTokenJson(String database, String token) {
        /// Without the token (P11).
        @Override
        public String toString() {
            return "token to push wal of " + database;
        }
    }

    @GetMapping("/api/databases")
    Page<DatabaseJson> list(
            @RequestParam(required = false) @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
        return Page.of(state.databases().all(), database -> database.id().value(), cursor, limit, this::json);
    }

    @GetMapping("/api/databases/{name}")
    DatabaseJson show(@PathVariable String name) {
        return json(registry.require(id(name)));
    }

    @PostMapping("/api/databases")
    ResponseEntity<DatabaseJson> register(@RequestBody DatabaseJson.Input body) {
        DatabaseRegistration wanted;
        try {
            wanted = body.registration(registry.defaultPolicy());
        } catch (IllegalArgumentException refused) {
            throw Refused.badRequest(
                    String.valueOf(refused.getMessage()), "docs/api.md says what each property takes.");
        }
        boolean known = state.database(wanted.id()).isPresent();
        DatabaseJson json = json(registry.register("api", wanted));
        return known
                ? ResponseEntity.ok(json)
                : ResponseEntity.created(URI.create("/api/databases/" + wanted.id()))
                        .body(json);
    }

    @PostMapping("/api/databases/{name}/adopt")
    DatabaseJson adopt(@PathVariable String name, @RequestBody AdoptBody body) {
        return json(registry.adopt(
                "api",
                id(name),
                Fields.required("systemIdentifier", body.systemIdentifier(), SystemIdentifier::parse)));
    }

    /// The only answer that holds a token; nothing on the way may keep it.
    @PostMapping("/api/databases/{name}/push-token")
    ResponseEntity<PushTokenJson> pushToken(@PathVariable String name) {
        String token = registry.issuePushToken("api", id(name)).reveal();
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(new PushTokenJson(name, token));
    }

    @DeleteMapping("/api/databases/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable String name) {
        registry.remove("api", id(name));
    }

    private static DatabaseId id(String name) {
        return Fields.required("name", name, DatabaseId::new);
    }

    private DatabaseJson json(DatabaseRegistration registration) {
        return DatabaseJson.of(registration, registry.isManagedByFile(registration.id()));
    }
}
