package io.walkback.repository.seal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/// Opens what the setting `WALKBACK_KEY` names: `file:/path/to/key`, a path, or `scheme:key` of another holder on
/// the class path, such as a key service. Several stand with commas between them, each but the first with its
/// scheme: the first wraps, all open, as workers need it while a repository moves from one key to another.
public final class KeyEncryptions {
    private static final String FILE = "file:";
    private static final String NEXT = ",\\s*(?=[a-z][a-z0-9-]+:)";

    private KeyEncryptions() {}

    /// Opens the keys that a setting names; all must be there.
    public static KeyEncryption open(String setting) {
        String[] settings = setting.split(NEXT, -1);
        if (settings.length == 1) {
            return openOne(setting);
        }
        List<KeyEncryption> holders = new ArrayList<>();
        try {
            for (String one : settings) {
                holders.add(openOne(one));
            }
            return new KeyRing(holders);
        } catch (RuntimeException refused) {
            holders.forEach(KeyEncryption::close);
            throw refused;
        }
    }

    private static KeyEncryption openOne(String setting) {
        Optional<Path> file = file(setting);
        if (file.isPresent()) {
            return KeyFile.read(file.get());
        }
        int colon = setting.indexOf(':');
        String scheme = setting.substring(0, colon);
        TreeSet<String> known = new TreeSet<>(Set.of("file"));
        for (KeyEncryptionProvider provider :
                ServiceLoader.load(KeyEncryptionProvider.class, KeyEncryptions.class.getClassLoader())) {
            if (provider.scheme().equals(scheme)) {
                return provider.open(setting.substring(colon + 1));
            }
            known.add(provider.scheme());
        }
        throw new OperatorActionException(
                FailureCode.CONFIGURATION,
                "no holder of keys for '" + Text.printable(scheme, 20) + "', known are " + known,
                "Write file:/path/to/key or aws-kms://REGION/KEY-ID.");
    }

    /// The file that a setting names; empty if it names another kind of key, or several.
    public static Optional<Path> file(String setting) {
        if (setting.split(NEXT, -1).length > 1) {
            return Optional.empty();
        }
        if (!setting.startsWith(FILE) && setting.matches("[a-z][a-z0-9-]+:.*")) {
            return Optional.empty();
        }
        String path = setting.startsWith(FILE) ? setting.substring(FILE.length()) : setting;
        try {
            return Optional.of(Path.of(path.startsWith("///") ? path.substring(2) : path));
        } catch (InvalidPathException malformed) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION, "the setting for the key is not a path", "Write file:/path/to/key.");
        }
    }
}
