package io.walkback.restore.proof;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.restore.fetch.FileFailures;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/// The Ed25519 key that a worker signs its reports with: made once, kept in its data folder with mode 0600, two
/// lines of base64 (PKCS #8 and X.509). It says which worker wrote a report and that nobody changed it since; whom
/// to believe is for the reader to say, who knows the public key from elsewhere.
public final class ReportKey {
    private static final String ALGORITHM = "Ed25519";

    private final PrivateKey secret;
    private final PublicKey known;

    private ReportKey(PrivateKey secret, PublicKey known) {
        this.secret = secret;
        this.known = known;
    }

    /// The key in the file, which is made where it is absent.
    public static ReportKey at(Path file) {
        try {
            if (Files.notExists(file)) {
                create(file);
            }
            String[] lines = Files.readString(file).split("\n", -1);
            KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
            return new ReportKey(
                    keys.generatePrivate(new PKCS8EncodedKeySpec(decoded(lines[0]))),
                    keys.generatePublic(new X509EncodedKeySpec(decoded(lines.length > 1 ? lines[1] : ""))));
        } catch (IOException failure) {
            throw FileFailures.of("keep the key for reports in", file, failure);
        } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "'" + file + "' holds no key for reports",
                    "Move it away; another one is made.",
                    unreadable);
        }
    }

    /// Whole or not at all, and never over one that is there.
    private static void create(Path file) throws IOException, GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        String text = encoded(pair.getPrivate().getEncoded()) + "\n"
                + encoded(pair.getPublic().getEncoded()) + "\n";
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path half = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                ".report-key-",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(half, text, StandardOpenOption.SYNC);
            Files.createLink(file, half);
        } catch (FileAlreadyExistsException _) {
            // Another thread was first; its key is the key.
        } finally {
            Files.delete(half);
        }
    }

    /// X.509, base64.
    public String publicKey() {
        return encoded(known.getEncoded());
    }

    byte[] sign(byte[] content) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(secret);
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has Ed25519", impossible);
        }
    }

    static boolean verify(String publicKey, byte[] content, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(
                    KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(decoded(publicKey))));
            verifier.update(content);
            return verifier.verify(signature);
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            // No key, or no signature: nothing that it could be the signature of.
            return false;
        }
    }

    static String encoded(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    static byte[] decoded(String text) {
        return Base64.getDecoder().decode(text);
    }
}
