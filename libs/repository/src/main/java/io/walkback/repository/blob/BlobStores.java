package io.walkback.repository.blob;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import java.net.URI;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.TreeSet;

/// Opens stores by URL: `file:///dir`, and whatever other adapters are on the class path.
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

    /// What `BACKUP_S3_ENABLED=true` gets while there is no store for buckets. Silence would fill a folder.
    public static OperatorActionException noBuckets() {
        return new OperatorActionException(
                FailureCode.NOT_SUPPORTED,
                "BACKUP_S3_ENABLED is true, and this version keeps backups in a folder only",
                "Set BACKUP_S3_ENABLED=false and BACKUP_DIR to a folder. Buckets come with a later version.");
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
                "Give the repository as a URL such as file:///var/lib/walkback.");
    }
}
