package io.walkback.repository.seal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/// Opens what the setting `WALKBACK_KEY` names: `file:/path/to/key`, a path, or `scheme:key` of another holder on
/// the class path, such as a key service.
public final class KeyEncryptions {
    private static final String FILE = "file:";

    private KeyEncryptions() {}

    /// Opens the key that a setting names; it must be there.
    public static KeyEncryption open(String setting) {
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
                "Write file:/path/to/key.");
    }

    /// The file that a setting names; empty if it names another kind of key.
    public static Optional<Path> file(String setting) {
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
