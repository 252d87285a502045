package io.walkback.repository.s3;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.StoreTraits;
import io.walkback.repository.blob.StoreTraits.Answer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.DefaultRetention;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningResponse;
import software.amazon.awssdk.services.s3.model.GetObjectLockConfigurationResponse;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.MFADeleteStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockConfiguration;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;

/// What a bucket says of itself. A question that the store does not know, or does not answer this caller, is
/// [Answer#UNKNOWN]: it is no no.
final class S3Inspection {
    private static final Logger LOG = LoggerFactory.getLogger(S3Inspection.class);

    private final S3Client client;
    private final S3Settings settings;
    private final S3Calls calls;

    S3Inspection(S3Client client, S3Settings settings, S3Calls calls) {
        this.client = client;
        this.settings = settings;
        this.calls = calls;
    }

    private <T> Optional<T> ask(String what, Supplier<T> question) {
        try {
            return Optional.of(calls.ask(what, question));
        } catch (S3Calls.Refused refused) {
            return switch (refused.fault()) {
                case NOT_IMPLEMENTED, DENIED, REFUSED, NOT_THERE -> Optional.empty();
                default -> throw calls.failures().of(what, refused.failure());
            };
        }
    }

    /// @param enabled whether versions are kept of what is written now
    /// @param any     whether versions may be there: a bucket that kept them once still has them
    record Versioning(Answer enabled, boolean any, Answer mfaDelete) {}

    Versioning versioning() {
        String what = "asking for versioning";
        try {
            GetBucketVersioningResponse answer =
                    calls.ask(what, () -> client.getBucketVersioning(r -> r.bucket(settings.bucket())));
            BucketVersioningStatus status = answer.status();
            return new Versioning(
                    status == BucketVersioningStatus.ENABLED ? Answer.ENABLED : Answer.DISABLED,
                    status != null,
                    answer.mfaDelete() == MFADeleteStatus.ENABLED ? Answer.ENABLED : Answer.DISABLED);
        } catch (S3Calls.Refused refused) {
            return switch (refused.fault()) {
                case NOT_IMPLEMENTED, REFUSED, NOT_THERE -> new Versioning(Answer.UNKNOWN, false, Answer.UNKNOWN);
                case DENIED -> new Versioning(Answer.UNKNOWN, listsVersions(), Answer.UNKNOWN);
                default -> throw calls.failures().of(what, refused.failure());
            };
        }
    }

    /// Whoever may not ask whether versions are kept reads as if they were, where he may list them: in a bucket
    /// without any that costs a request, and the other way round a later version would hide a blob (F31). Where he
    /// may not do that either, what he reads is not certain, and he is told so.
    private boolean listsVersions() {
        boolean lists = ask(
                        "listing versions",
                        () -> client.listObjectVersions(r -> r.bucket(settings.bucket())
                                .prefix(settings.prefix())
                                .maxKeys(1)))
                .isPresent();
        LOG.atWarn()
                .addKeyValue("repository", settings.location())
                .addKeyValue("readsVersions", lists)
                .log("whether the bucket keeps versions is unknown: s3:GetBucketVersioning is not allowed");
        return lists;
    }

    /// @param byDefault the lock that the bucket gives by itself, in words
    record Lock(Answer enabled, String byDefault) {}

    Lock lock() {
        try {
            GetObjectLockConfigurationResponse answer = calls.ask(
                    "asking for the lock's settings",
                    () -> client.getObjectLockConfiguration(r -> r.bucket(settings.bucket())));
            ObjectLockConfiguration configuration = answer.objectLockConfiguration();
            boolean enabled = configuration != null && configuration.objectLockEnabled() == ObjectLockEnabled.ENABLED;
            return new Lock(enabled ? Answer.ENABLED : Answer.DISABLED, enabled ? byDefault(configuration) : "");
        } catch (S3Calls.Refused refused) {
            return switch (refused.fault()) {
                // ObjectLockConfigurationNotFoundError
                case NOT_THERE -> new Lock(Answer.DISABLED, "");
                case NOT_IMPLEMENTED, DENIED, REFUSED -> new Lock(Answer.UNKNOWN, "");
                default -> throw calls.failures().of("asking for the lock's settings", refused.failure());
            };
        }
    }

    private static String byDefault(ObjectLockConfiguration configuration) {
        if (configuration.rule() == null || configuration.rule().defaultRetention() == null) {
            return "";
        }
        DefaultRetention retention = configuration.rule().defaultRetention();
        String lasts = retention.days() != null ? retention.days() + " days" : retention.years() + " years";
        return retention.modeAsString() + " " + lasts;
    }

    StoreTraits traits(BlobPrefix scratch) {
        Versioning versioning = versioning();
        Lock lock = lock();
        Optional<List<LifecycleRule>> rules = lifecycle();
        return new StoreTraits(
                versioning.enabled(),
                versioning.mfaDelete(),
                lock.enabled(),
                lock.byDefault(),
                rules.orElse(List.of()).stream()
                        .filter(rule -> rule.status() == ExpirationStatus.ENABLED)
                        .filter(S3Inspection::touchesObjects)
                        .map(rule -> rule.id() == null ? "(without an id)" : rule.id())
                        .toList(),
                rules.isPresent() ? Answer.ENABLED : Answer.UNKNOWN,
                checksums(scratch.child("checksum-" + UUID.randomUUID())));
    }

    /// A rule that only drops uploads which were not completed is welcome.
    private static boolean touchesObjects(LifecycleRule rule) {
        return rule.expiration() != null
                || rule.noncurrentVersionExpiration() != null
                || rule.hasTransitions()
                || rule.hasNoncurrentVersionTransitions();
    }

    private Optional<List<LifecycleRule>> lifecycle() {
        String what = "asking for lifecycle rules";
        try {
            return Optional.of(
                    calls.ask(what, () -> client.getBucketLifecycleConfiguration(r -> r.bucket(settings.bucket())))
                            .rules());
        } catch (S3Calls.Refused refused) {
            return switch (refused.fault()) {
                // NoSuchLifecycleConfiguration
                case NOT_THERE -> Optional.of(List.of());
                case NOT_IMPLEMENTED, DENIED, REFUSED -> Optional.empty();
                default -> throw calls.failures().of(what, refused.failure());
            };
        }
    }

    /// Whether a conditional put under a taken name is turned away. The bytes are those that are there, so that
    /// nothing changes where it is not.
    boolean refusesTaken(BlobKey taken, byte[] bytes) {
        String what = "trying a conditional put";
        try {
            calls.ask(
                    what,
                    () -> client.putObject(
                            request -> request.bucket(settings.bucket())
                                    .key(settings.prefix() + taken.value())
                                    .ifNoneMatch("*")
                                    .checksumCRC32C(S3Puts.crc32c(bytes, bytes.length)),
                            RequestBody.fromBytes(bytes)));
            return false;
        } catch (S3Calls.Refused refused) {
            return switch (refused.fault()) {
                case TAKEN -> true;
                case NOT_IMPLEMENTED, REFUSED -> false;
                default -> throw calls.failures().of(what, refused.failure());
            };
        }
    }

    /// Sends bytes with the checksum of others. A store that looks refuses them.
    private Answer checksums(BlobKey key) {
        byte[] bytes = {1, 2, 3};
        try {
            client.putObject(
                    request -> request.bucket(settings.bucket())
                            .key(settings.prefix() + key.value())
                            .ifNoneMatch("*")
                            .checksumCRC32C(S3Puts.crc32c(new byte[] {4}, 1)),
                    RequestBody.fromBytes(bytes));
            client.deleteObject(request -> request.bucket(settings.bucket()).key(settings.prefix() + key.value()));
            return Answer.DISABLED;
        } catch (SdkException refused) {
            return S3Fault.of(refused) == S3Fault.DAMAGED_ON_THE_WAY || S3Fault.of(refused) == S3Fault.REFUSED
                    ? Answer.ENABLED
                    : Answer.UNKNOWN;
        }
    }
}
