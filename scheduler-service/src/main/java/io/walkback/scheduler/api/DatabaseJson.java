package io.walkback.scheduler.api;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.Immutability;
import io.walkback.domain.database.SecretReference;
import io.walkback.domain.database.WalDurability;
import io.walkback.domain.retention.KeepRules;
import io.walkback.scheduler.registry.DrillText;
import io.walkback.scheduler.registry.PolicyText;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A database as the API shows it; docs/api.md describes the fields.
record DatabaseJson(
        String name,
        String host,
        int port,
        String dbname,
        String user,
        @Nullable String passwordRef,
        String sslMode,
        @Nullable String sslRootCertificate,
        PolicyJson policy,
        Map<String, String> labels,
        @Nullable String systemIdentifier,
        String managedBy,
        boolean pushTokenIssued) {
    /// The whole effective policy (pitfall 77).
    record PolicyJson(
            boolean enabled,
            String cron,
            String zone,
            int maxAttempts,
            String checkpoint,
            int maxRateKilobytes,
            boolean streamWal,
            String retention,
            int keepCount,
            String keepAge,
            int keepDaily,
            int keepWeekly,
            int keepMonthly,
            int keepYearly,
            int minimumRedundancy,
            String minimumAge,
            String walRetention,
            int compressionLevel,
            String immutability,
            int copies,
            boolean pushWal,
            String walDurability,
            boolean heartbeat,
            DrillText drill) {}

    /// What POST takes. What is null has its default.
    record Input(
            @Nullable String name,
            @Nullable String host,
            @Nullable Integer port,
            @Nullable String dbname,
            @Nullable String user,
            @Nullable String passwordRef,
            @Nullable String sslMode,
            @Nullable String sslRootCertificate,
            @Nullable PolicyInput policy,
            @Nullable Map<String, String> labels) {
        DatabaseRegistration registration(BackupPolicy defaults) {
            DatabaseId id = Fields.required("name", name, DatabaseId::new);
            String where = Fields.required("host", host, text -> text);
            String role = Fields.required("user", user, text -> text);
            SecretReference password = Fields.optional("passwordRef", passwordRef, SecretReference::parse);
            try {
                return new DatabaseRegistration(
                        id,
                        new Connection(
                                where,
                                port == null ? 5432 : port,
                                dbname == null ? "postgres" : dbname,
                                role,
                                password,
                                sslMode == null ? "prefer" : sslMode,
                                sslRootCertificate),
                        null,
                        policy == null ? defaults : policy.over(defaults),
                        labels == null ? Map.of() : labels);
            } catch (IllegalArgumentException refused) {
                throw Refused.badRequest(
                        String.valueOf(refused.getMessage()), "docs/api.md says what each property takes.");
            }
        }
    }

    /// Parts of a policy; what is null has its default.
    record PolicyInput(
            @Nullable Boolean enabled,
            @Nullable String cron,
            @Nullable String zone,
            @Nullable Integer maxAttempts,
            @Nullable String checkpoint,
            @Nullable Integer maxRateKilobytes,
            @Nullable Boolean streamWal,
            @Nullable String retention,
            @Nullable Integer keepCount,
            @Nullable String keepAge,
            @Nullable Integer keepDaily,
            @Nullable Integer keepWeekly,
            @Nullable Integer keepMonthly,
            @Nullable Integer keepYearly,
            @Nullable Integer minimumRedundancy,
            @Nullable String minimumAge,
            @Nullable String walRetention,
            @Nullable Integer compressionLevel,
            @Nullable String immutability,
            @Nullable Integer copies,
            @Nullable Boolean pushWal,
            @Nullable String walDurability,
            @Nullable Boolean heartbeat,
            @Nullable DrillText drill) {
        BackupPolicy over(BackupPolicy defaults) {
            var cronText = Fields.optional("cron", cron, PolicyText::cron);
            var zoneId = Fields.optional("zone", zone, PolicyText::zone);
            var spread = Fields.optional("checkpoint", checkpoint, PolicyText::spread);
            var lock = Fields.optional("immutability", immutability, Immutability::parse);
            var kept = Fields.optional("retention", retention, PolicyText::retention);
            var durable = Fields.optional("walDurability", walDurability, WalDurability::parse);
            boolean pushes = pushWal == null ? defaults.pushWal() : pushWal;
            return new BackupPolicy(
                    enabled == null ? defaults.enabled() : enabled,
                    cronText == null ? defaults.cron() : cronText,
                    zoneId == null ? defaults.zone() : zoneId,
                    maxAttempts == null ? defaults.maxAttempts() : maxAttempts,
                    spread == null ? defaults.spreadCheckpoint() : spread,
                    maxRateKilobytes == null ? defaults.maxRateKilobytes() : maxRateKilobytes,
                    streamWal == null ? !pushes && defaults.streamWal() : streamWal,
                    kept == null ? defaults.retention() : kept,
                    keep(defaults.keep()),
                    compressionLevel == null ? defaults.compressionLevel() : compressionLevel,
                    lock == null ? defaults.immutability() : lock,
                    copies == null ? defaults.copies() : copies,
                    pushes,
                    durable == null ? defaults.walDurability() : durable,
                    heartbeat == null ? defaults.heartbeat() : heartbeat,
                    drill == null ? defaults.drill() : drill.over(defaults.drill()));
        }

        private KeepRules keep(KeepRules defaults) {
            Optional<Duration> age = Fields.optional("keepAge", keepAge, PolicyText::optionalRetention);
            Duration least = Fields.optional("minimumAge", minimumAge, PolicyText::retention);
            Optional<Duration> wal = Fields.optional("walRetention", walRetention, PolicyText::optionalRetention);
            return new KeepRules(
                    keepCount == null ? defaults.keepCount() : keepCount,
                    age == null ? defaults.keepAge() : age.orElse(null),
                    keepDaily == null ? defaults.keepDaily() : keepDaily,
                    keepWeekly == null ? defaults.keepWeekly() : keepWeekly,
                    keepMonthly == null ? defaults.keepMonthly() : keepMonthly,
                    keepYearly == null ? defaults.keepYearly() : keepYearly,
                    minimumRedundancy == null ? defaults.minimumRedundancy() : minimumRedundancy,
                    least == null ? defaults.minimumAge() : least,
                    wal == null ? defaults.walRetention() : wal.orElse(null));
        }
    }

    static DatabaseJson of(DatabaseRegistration registration, boolean managedByFile) {
        Connection connection = registration.connection();
        return new DatabaseJson(
                registration.id().value(),
                connection.host(),
                connection.port(),
                connection.dbname(),
                connection.user(),
                connection.password() == null ? null : connection.password().toString(),
                connection.sslMode(),
                connection.sslRootCertificate(),
                policy(registration.policy()),
                registration.labels(),
                registration.system() == null ? null : registration.system().toString(),
                managedByFile ? "file" : "api",
                registration.pushTokenHash() != null);
    }

    static PolicyJson policy(BackupPolicy policy) {
        KeepRules keep = policy.keep();
        return new PolicyJson(
                policy.enabled(),
                policy.cron(),
                policy.zone().getId(),
                policy.maxAttempts(),
                policy.spreadCheckpoint() ? "spread" : "fast",
                policy.maxRateKilobytes(),
                policy.streamWal(),
                PolicyText.retention(policy.retention()),
                keep.keepCount(),
                PolicyText.optionalRetention(keep.keepAge()),
                keep.keepDaily(),
                keep.keepWeekly(),
                keep.keepMonthly(),
                keep.keepYearly(),
                keep.minimumRedundancy(),
                PolicyText.retention(keep.minimumAge()),
                PolicyText.optionalRetention(keep.walRetention()),
                policy.compressionLevel(),
                policy.immutability().toString(),
                policy.copies(),
                policy.pushWal(),
                policy.walDurability().toString(),
                policy.heartbeat(),
                DrillText.of(policy.drill()));
    }
}
