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
