package io.walkback.repository.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.testing.Samples;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/// The primitives answer as published, and ours are composed of them as the format page says.
class SealVectorsTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final BlobKey KEY = new BlobKey("shop/7/packs/a/00000000");
    private static final UUID REPOSITORY = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final UUID OBJECT = UUID.fromString("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
    private static final DataKey DATA_KEY = new DataKey(Samples.noise(32, 21));

    @Test // RFC 5869, appendix A, test cases 1 and 3
    void hkdfAnswersAsPublished() throws Exception {
        byte[] ikm = HEX.parseHex("0b".repeat(22));
        KDF hkdf = KDF.getInstance("HKDF-SHA256");
        assertThat(hkdf.deriveData(HKDFParameterSpec.ofExtract()
                        .addIKM(ikm)
                        .addSalt(HEX.parseHex("000102030405060708090a0b0c"))
                        .thenExpand(HEX.parseHex("f0f1f2f3f4f5f6f7f8f9"), 42)))
                .isEqualTo(HEX.parseHex(
                        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"));
        assertThat(hkdf.deriveData(HKDFParameterSpec.ofExtract().addIKM(ikm).thenExpand(new byte[0], 42)))
                .isEqualTo(HEX.parseHex(
                        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"));
    }

    @Test // McGrew and Viega, The Galois/Counter Mode of Operation, appendix B, test case 16
    void aesGcmAnswersAsPublished() throws Exception {
        Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(
                        HEX.parseHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"), "AES"),
                new GCMParameterSpec(128, HEX.parseHex("cafebabefacedbaddecaf888")));
        gcm.updateAAD(HEX.parseHex("feedfacedeadbeeffeedfacedeadbeefabaddad2"));
        assertThat(gcm.doFinal(HEX.parseHex(
                        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
                            + "b16aedf5aa0de657ba637b39")))
                .isEqualTo(HEX.parseHex(
                        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
                            + "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"));
    }

    @Test
    void aFrameIsSealedAsTheFormatSays() throws Exception {
        // Given
        byte[] header = header();
        ObjectSeal seal = seal(header);
        FrameLabel label = new FrameLabel(0x010203, 0x1111111111111111L, 0x2222222222222222L, 1, 262_144);
        byte[] plain = Samples.noise(200_000, 3);
        byte[] sealed = new byte[plain.length + 16];
        // When
        new FrameCipher().seal(seal, label, plain, 0, plain.length, sealed, 0);
        // Then: put together from the page, not from our code.
        byte[] info = concat("walkback seal 1".getBytes(StandardCharsets.US_ASCII), uuid(OBJECT));
        byte[] key = KDF.getInstance("HKDF-SHA256")
                .deriveData(
                        HKDFParameterSpec.ofExtract().addIKM(DATA_KEY.reveal()).thenExpand(info, 32));
        byte[] aad = concat(
                HEX.parseHex("01" + "50"),
                uuid(REPOSITORY),
                uuid(OBJECT),
                MessageDigest.getInstance("SHA-256").digest(header),
                HEX.parseHex("00010203" + "11".repeat(8) + "22".repeat(8) + "01" + "00040000"));
        Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(key, "AES"),
                new GCMParameterSpec(128, HEX.parseHex("000000000000000000010203")));
        gcm.updateAAD(aad);
        assertThat(sealed).isEqualTo(gcm.doFinal(plain));
    }

    @Test
    void aFrameOpensOnlyAsWhatItWasSealed() {
        // Given
        byte[] header = header();
        ObjectSeal seal = seal(header);
        FrameLabel label = new FrameLabel(5, 1, 2, 1, 4_000);
        byte[] plain = Samples.noise(3_000, 3);
        byte[] sealed = new byte[plain.length + 16];
        byte[] out = new byte[plain.length];
        FrameCipher cipher = new FrameCipher();
        cipher.seal(seal, label, plain, 0, plain.length, sealed, 0);
        cipher.open(seal, label, sealed, 0, sealed.length, out, 0);
        assertThat(out).isEqualTo(plain);
        // When, then
        for (FrameLabel other : List.of(
                new FrameLabel(6, 1, 2, 1, 4_000),
                new FrameLabel(5, 3, 2, 1, 4_000),
                new FrameLabel(5, 1, 3, 1, 4_000),
                new FrameLabel(5, 1, 2, 0, 4_000),
                new FrameLabel(5, 1, 2, 1, 4_001))) {
            Arrays.fill(out, (byte) 0);
            assertThatThrownBy(() -> cipher.open(seal, other, sealed, 0, sealed.length, out, 0))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(KEY.value());
            assertThat(out).containsOnly(0);
        }
        assertThatThrownBy(() -> cipher.open(seal, label, sealed, 0, 15, out, 0))
                .isInstanceOf(CorruptDataException.class);
        header[60] ^= 1;
        ObjectSeal otherHeader = seal(Forger.withHeaderChecksum(header));
        assertThatThrownBy(() -> cipher.open(otherHeader, label, sealed, 0, sealed.length, out, 0))
                .isInstanceOf(CorruptDataException.class);
    }

    @Test
    void theWarmUpEnds() throws InterruptedException {
        Thread warming = WarmUp.inBackground();
        warming.join(60_000);
        assertThat(warming.isAlive()).isFalse();
    }

    private static byte[] header() {
        return ObjectHeader.encode(
                ObjectKind.PACK, REPOSITORY, OBJECT, UUID.randomUUID(), Samples.NOW, Fields.builder());
    }

    private static ObjectSeal seal(byte[] header) {
        return ObjectSeal.of(KEY, header, ObjectHeader.parse(KEY, header, ObjectKind.PACK), DATA_KEY);
    }

    private static byte[] uuid(UUID id) {
        return HEX.parseHex(id.toString().replace("-", ""));
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
