package io.walkback.keys.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.seal.DataKey;
import io.walkback.repository.seal.KeyContext;
import io.walkback.repository.seal.KeyEncryption;
import io.walkback.repository.seal.KeyEncryption.WrapDamage;
import io.walkback.repository.seal.WrappedKey;
import io.walkback.testkit.kms.FakeKms;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KmsKeysTest {
    private static final DataKey SECRET = DataKey.random();
    private static final Map<String, String> BOUND = Map.of(
            "walkback-purpose", "wrap-1",
            "walkback-repository", Kms.CONTEXT.repositoryId().toString(),
            "walkback-key", Kms.CONTEXT.keyId().toString());

    @SuppressWarnings("NullAway.Init")
    private FakeKms kms;

    @SuppressWarnings("NullAway.Init")
    private String arn;

    @BeforeEach
    void startKms() throws IOException {
        kms = FakeKms.start();
        arn = kms.createKey("eu-central-1", "1234abcd");
    }

    @AfterEach
    void stopKms() {
        kms.close();
    }

    @Test
    void opensWhatItWrappedAndStoresNoPlainText() throws WrapDamage {
        // Given
        try (KeyEncryption keys = Kms.open(kms, arn)) {
            // When
            WrappedKey wrapped = keys.wrap(SECRET, Kms.CONTEXT);
            // Then
            assertThat(wrapped.method()).isEqualTo("aws-kms");
            assertThat(wrapped.keyName()).isEqualTo(arn);
            assertThat(wrapped.kek()).isEqualTo(keys.current());
            assertThat(keys.holds(wrapped)).isTrue();
            assertThat(keys.unwrap(wrapped, Kms.CONTEXT)).isEqualTo(SECRET);
            assertThat(HexFormat.of().formatHex(wrapped.bytes().toArray()))
                    .doesNotContain(HexFormat.of().formatHex(SECRET.reveal()));
            assertThat(keys.toString()).contains(arn, keys.current().hex());
        }
    }

    @Test
    void bindsRepositoryKeyAndPurposeAndPinsTheKeyWhenItDecrypts() throws WrapDamage {
        // Given
        try (KeyEncryption keys = Kms.open(kms, arn)) {
            // When
            keys.unwrap(keys.wrap(SECRET, Kms.CONTEXT), Kms.CONTEXT);
        }
        // Then
        assertThat(kms.calls())
                .containsExactly(
                        new FakeKms.Call("DescribeKey", "eu-central-1", arn, Map.of()),
                        new FakeKms.Call("Encrypt", "eu-central-1", arn, BOUND),
                        new FakeKms.Call("Decrypt", "eu-central-1", arn, BOUND));
    }

    @Test
    void opensNothingInAnotherPlaceOrChanged() {
        // Given
        try (KeyEncryption keys = Kms.open(kms, arn)) {
            WrappedKey wrapped = keys.wrap(SECRET, Kms.CONTEXT);
            byte[] bytes = wrapped.bytes().toArray();
            bytes[bytes.length - 1] ^= 1;
            WrappedKey flipped = new WrappedKey(wrapped.kek(), "aws-kms", arn, new WrappedKey.Bytes(bytes));
            List<KeyContext> others = List.of(
                    new KeyContext(UUID.randomUUID(), Kms.CONTEXT.keyId()),
                    new KeyContext(Kms.CONTEXT.repositoryId(), UUID.randomUUID()));
            // When, then
            for (KeyContext other : others) {
                assertThatThrownBy(() -> keys.unwrap(wrapped, other)).isInstanceOf(WrapDamage.class);
            }
            assertThatThrownBy(() -> keys.unwrap(flipped, Kms.CONTEXT))
                    .isInstanceOf(WrapDamage.class)
                    .hasMessageContaining(arn);
        }
    }

    @Test
    void opensNoWrapperThatAnotherKeyMadeWhateverItSays() {
        // Given: bytes that a key of somebody else's has encrypted, under the name of ours.
        String foreign = kms.createKey("eu-central-1", "foreign");
        try (KeyEncryption keys = Kms.open(kms, arn);
                KeyEncryption others = Kms.open(kms, foreign)) {
            WrappedKey theirs = others.wrap(SECRET, Kms.CONTEXT);
            WrappedKey relabelled = new WrappedKey(keys.current(), "aws-kms", foreign, theirs.bytes());
            // When, then
            assertThat(keys.holds(theirs)).isFalse();
            assertThatThrownBy(() -> keys.unwrap(theirs, Kms.CONTEXT))
                    .isInstanceOf(OperatorActionException.class)
                    .hasMessageContaining(theirs.kek().hex())
                    .hasMessageContaining(arn);
            assertThatThrownBy(() -> keys.unwrap(relabelled, Kms.CONTEXT)).isInstanceOf(WrapDamage.class);
        }
    }

    @Test
    void refusesBytesOfAnotherLength() throws WrapDamage {
        // Given: what the key has encrypted is no data key.
        try (KeyEncryption keys = Kms.open(kms, arn)) {
            byte[] blob = kms.encrypt(arn, new byte[16], BOUND);
            WrappedKey shorter = new WrappedKey(keys.current(), "aws-kms", arn, new WrappedKey.Bytes(blob));
            // When, then
            assertThatThrownBy(() -> keys.unwrap(shorter, Kms.CONTEXT))
                    .isInstanceOf(WrapDamage.class)
                    .hasMessageContaining("16 bytes");
        }
    }

    @Test
    void findsAKeyByItsIdAndByAnAlias() {
        // Given
        kms.alias("eu-central-1", "alias/walkback", arn);
        try (KeyEncryption byArn = Kms.open(kms, arn);
                KeyEncryption byId = Kms.open(kms, "eu-central-1/1234abcd");
                KeyEncryption byAlias = Kms.open(kms, "eu-central-1/alias/walkback")) {
            // When, then: all of them are one key.
            assertThat(byId.current()).isEqualTo(byArn.current()).isEqualTo(byAlias.current());
            assertThat(byAlias.wrap(SECRET, Kms.CONTEXT).keyName()).isEqualTo(arn);
        }
    }

    @Test // a region is lost, and a copy of the bucket is in another one
    void opensInAnotherRegionWithTheReplicaOfAKeyOfSeveral() throws WrapDamage {
        // Given
        String primary = kms.createKey("eu-central-1", "mrk-77");
        String replica = kms.replicate(primary, "eu-west-1");
        WrappedKey wrapped;
        try (KeyEncryption there = Kms.open(kms, primary)) {
            wrapped = there.wrap(SECRET, Kms.CONTEXT);
        }
        // When
        try (KeyEncryption here = Kms.open(kms, replica)) {
            // Then
            assertThat(here.holds(wrapped)).isTrue();
            assertThat(here.unwrap(wrapped, Kms.CONTEXT)).isEqualTo(SECRET);
            assertThat(kms.calls().getLast().region()).isEqualTo("eu-west-1");
            assertThat(kms.calls().getLast().keyId()).isEqualTo(replica);
        }
        String single = kms.createKey("eu-west-1", "1234abcd");
        try (KeyEncryption another = Kms.open(kms, single);
                KeyEncryption first = Kms.open(kms, arn)) {
            assertThat(another.current()).isNotEqualTo(first.current());
        }
    }

    @Test
    void refusesKeysOfAnotherKindBeforeTheyAreUsed() {
        for (String[] kind : List.of(
                new String[] {"SIGN_VERIFY", "RSA_2048"},
                new String[] {"ENCRYPT_DECRYPT", "RSA_2048"},
                new String[] {"GENERATE_VERIFY_MAC", "HMAC_256"})) {
            kms.kind(arn, kind[0], kind[1]);
            assertThatThrownBy(() -> Kms.open(kms, arn))
                    .isInstanceOfSatisfying(OperatorActionException.class, refused -> {
                        assertThat(refused.code()).isEqualTo(FailureCode.KEY_UNAVAILABLE);
                        assertThat(refused.hint()).contains("symmetric");
                    })
                    .hasMessageContaining(kind[0] + " " + kind[1]);
        }
    }
}
