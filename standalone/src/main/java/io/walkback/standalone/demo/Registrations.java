package io.walkback.standalone.demo;

import io.walkback.client.DatabaseForm;
import io.walkback.client.PolicyForm;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How the demo's database is registered: once as it should be, and once with a wrong password.
///
/// @param folder   gets a file for each password
/// @param database runs
record Registrations(Path folder, SourceDatabase database) {
    static final String SHOP = "shop";
    static final String BROKEN = "broken";

    DatabaseForm shop() {
        return form(SHOP, database.passwordFile(password(SHOP)), 3, 0, "object-store");
    }

    /// The same database, its WAL durable when the brokers have it.
    DatabaseForm shopWithTail() {
        return form(SHOP, password(SHOP), 3, 0, "kafka-tail");
    }

    /// The same database, read at `kilobytes` per second.
    DatabaseForm slowShop(int kilobytes) {
        return form(SHOP, password(SHOP), 3, kilobytes, "kafka-tail");
    }

    DatabaseForm broken() {
        return form(BROKEN, SourceDatabase.wrongPasswordFile(password(BROKEN)), 1, 0, null);
    }

    private Path password(String name) {
        return folder.resolve(name + ".password");
    }

    private DatabaseForm form(String name, Path password, int attempts, int kilobytes, @Nullable String durability) {
        PolicyForm plain =
                new PolicyForm(false, null, null, attempts, "fast", kilobytes, durability != null, null, null);
        PolicyForm policy = durability == null ? plain : plain.withWal(true, durability);
        return new DatabaseForm(
                name,
                "127.0.0.1",
                database.port(),
                SourceDatabase.dbname(),
                SourceDatabase.ROLE,
                "file:" + password,
                null,
                null,
                policy,
                Map.of());
    }
}
