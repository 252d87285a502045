package io.walkback.repository.blob;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Opens stores by URL: `file:///dir`, `s3://bucket/prefix`, and whatever other adapters are on the class path.
public final class BlobStores {
    private BlobStores() {}

    /// Opens an existing place; `CONFIGURATION` when no adapter knows the scheme.
    public static BlobStore open(URI url) {
        return provider(url).open(url);
    }

    /// Opens a place, made first if it is not there.
    public static BlobStore create(URI url) {
        return provider(url).create(url);
    }

    /// Where the repository is, by the settings that every process has. A bucket that is switched on is stronger
    /// than a folder, and an address that is a bucket's already is stronger than the bucket's name, since it says
    /// more.
    ///
    /// @param url    `WALKBACK_REPOSITORY_URL`; null or empty counts as not set
    /// @param bucket `BACKUP_S3_BUCKET`: a bucket, or a bucket with a prefix and settings as they stand in its
    /// address
    /// @param wanted `BACKUP_S3_ENABLED`
    public static Optional<URI> address(@Nullable URI url, boolean wanted, String bucket) {
        Optional<URI> given =
                Optional.ofNullable(url).filter(named -> !named.toString().isBlank());
        boolean isBucket =
                given.map(URI::getScheme).filter("s3"::equalsIgnoreCase).isPresent();
        if (!wanted || isBucket) {
            return given;
        }
        try {
            return Optional.of(new URI("s3://" + bucket.strip()));
        } catch (URISyntaxException malformed) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "setting BACKUP_S3_BUCKET cannot be the name of a bucket",
                    "Give a bucket, or a bucket and a prefix, as in backups/walkback.",
                    malformed);
        }
    }

    private static BlobStoreProvider provider(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        TreeSet<String> known = new TreeSet<>();
        for (BlobStoreProvider provider :
                ServiceLoader.load(BlobStoreProvider.class, BlobStores.class.getClassLoader())) {
            if (provider.scheme().equals(scheme)) {
                return provider;
            }
            known.add(provider.scheme());
        }
        throw new OperatorActionException(
                FailureCode.CONFIGURATION,
                "no store for url scheme '" + Text.printable(scheme, 20) + "', known are " + known,
                "Give the repository as a URL such as file:///var/lib/walkback or s3://bucket/prefix.");
    }
}
