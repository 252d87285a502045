package io.walkback.messaging.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A registry behind TLS, with a certificate that only those trust who are told to.
class RegistryTlsTest {
    private static final String PASSWORD = "trust-me-not";
    private static final String TRUSTSTORE = "schema.registry.ssl.truststore.";

    @TempDir
    static Path directory;

    private static FakeRegistry registry;
    private static Certificate certificate;

    @BeforeAll
    static void start() throws IOException, InterruptedException, GeneralSecurityException {
        KeyStore own = madeByKeytool(directory.resolve("server.p12"));
        certificate = own.getCertificate("registry");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        registry = new FakeRegistry(tls);
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    /// A key and a certificate that signs itself, made anew, so that no key lies in the tree.
    private static KeyStore madeByKeytool(Path file)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        ProcessBuilder command =
                new ProcessBuilder((keytool + " -genkeypair -alias registry -keyalg EC -dname CN=registry"
                                + " -ext san=ip:127.0.0.1 -storetype PKCS12 -storepass:env STORE_PASSWORD -keystore")
                        .split(" "));
        command.command().add(file.toString());
        command.environment().put("STORE_PASSWORD", PASSWORD);
        Path log = file.resolveSibling("keytool.log");
        Process process =
                command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertThat(process.waitFor()).as(Files.readString(log)).isZero();
        KeyStore made = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            made.load(in, PASSWORD.toCharArray());
        }
        return made;
    }

    private static Map<String, String> trusting(String type) throws IOException, GeneralSecurityException {
        Path file = directory.resolve("trust." + type);
        Map<String, String> settings = new HashMap<>();
        settings.put(TRUSTSTORE + "location", file.toString());
        settings.put(TRUSTSTORE + "type", type);
        if (type.equals("PEM")) {
            String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
            Files.writeString(file, "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n");
            return settings;
        }
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        store.setCertificateEntry("registry", certificate);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        settings.put(TRUSTSTORE + "password", PASSWORD);
        return settings;
    }

    /// As a service makes its clients: `walkback.kafka.properties.*`.
    private static void ask(Map<String, String> properties) {
        KafkaSettings settings = new KafkaSettings("b:9092", registry.url(), directory, true, properties);
        RegistryProbe.ask(new KafkaClients(settings).messageProducer("me"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PEM", "PKCS12", "JKS"})
    void aStoreOfEachTypeMakesTheRegistryTrusted(String type) throws IOException, GeneralSecurityException {
        Map<String, String> trusting = trusting(type);
        assertThatCode(() -> ask(trusting)).doesNotThrowAnyException();
    }

    @Test
    void aRegistryThatNobodyVouchesForIsNotTalkedTo() {
        int before = registry.calls().size();
        assertThatThrownBy(() -> ask(Map.of()))
                .isInstanceOf(RetryableException.class)
                .hasCauseInstanceOf(SSLHandshakeException.class);
        assertThat(registry.calls()).hasSize(before);
    }

    @Test // P11
    void aStoreThatCannotBeReadAndASettingThatIsNoneAreNamedWithoutPassword()
            throws IOException, GeneralSecurityException {
        Map<String, String> wrong = trusting("PKCS12");
        wrong.put(TRUSTSTORE + "password", "not-" + PASSWORD);
        unusable(wrong, "trust.PKCS12");
        Map<String, String> missing = trusting("PEM");
        missing.put(TRUSTSTORE + "location", directory.resolve("nowhere.pem").toString());
        unusable(missing, "nowhere.pem");
        unusable(Map.of(TRUSTSTORE + "place", "/x"), TRUSTSTORE + "place");
    }

    private static void unusable(Map<String, String> properties, String named) {
        assertThatThrownBy(() -> ask(properties))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.code())
                        .isEqualTo(FailureCode.CONFIGURATION))
                .hasMessageContaining(named)
                .hasMessageNotContaining(PASSWORD);
    }
}
