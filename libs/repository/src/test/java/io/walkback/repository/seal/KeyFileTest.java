package io.walkback.repository.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {
    private static final KeyContext CONTEXT = new KeyContext(UUID.randomUUID(), UUID.randomUUID());
    private static final String ONE = "walkback-key-1 " + "01".repeat(32);
    private static final String TWO = "walkback-key-1 " + "02".repeat(32);

    @TempDir
    Path directory;

    @Test
    void aNewFileIsPrivateAndReadsBack() throws IOException {
        // Given
        Path file = directory.resolve("keys/repository.key");
        // When
        LocalKeys made = KeyFile.create(file);
        // Then
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(KeyFile.read(file).current()).isEqualTo(made.current());
        assertThat(KeyFile.create(directory.resolve("other")).current()).isNotEqualTo(made.current());
    }

    @Test
    void aFileThatIsThereIsNeverReplaced() throws IOException {
        Path file = write(ONE + "\n", "rw-------");
        assertThatThrownBy(() -> KeyFile.create(file)).hasMessageContaining("is there already");
        assertThat(Files.readString(file)).isEqualTo(ONE + "\n");
    }

    @Test
    void theFirstKeyWrapsAndEveryKeyOpens() throws Exception {
        // Given
        LocalKeys old = KeyFile.read(write(ONE, "r--------"));
        DataKey key = DataKey.random();
        WrappedKey wrapped = old.wrap(key, CONTEXT);
        // When
        LocalKeys rotated = KeyFile.read(write("# new\n\n" + TWO + "\n" + ONE + "\n", "rw-------"));
        // Then
        assertThat(rotated.current()).isNotEqualTo(old.current());
        assertThat(rotated.unwrap(wrapped, CONTEXT)).isEqualTo(key);
        assertThat(old.holds(rotated.wrap(key, CONTEXT))).isFalse();
        assertThatThrownBy(() -> old.unwrap(rotated.wrap(key, CONTEXT), CONTEXT))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining(rotated.current().hex());
    }

    @Test
    void aWrapperOpensOnlyInItsContextAndUnchanged() {
        // Given
        LocalKeys keys = new LocalKeys("test", List.of(DataKey.random()));
        WrappedKey wrapped = keys.wrap(DataKey.random(), CONTEXT);
        byte[] changed = wrapped.bytes().toArray();
        changed[20] ^= 1;
        // When, then
        for (KeyContext other : Set.of(
                new KeyContext(UUID.randomUUID(), CONTEXT.keyId()),
                new KeyContext(CONTEXT.repositoryId(), UUID.randomUUID()))) {
            assertThatThrownBy(() -> keys.unwrap(wrapped, other)).isInstanceOf(KeyEncryption.WrapDamage.class);
        }
        for (byte[] bytes : List.of(changed, new byte[3])) {
            WrappedKey damaged = new WrappedKey(keys.current(), "file", "", new WrappedKey.Bytes(bytes));
            assertThatThrownBy(() -> keys.unwrap(damaged, CONTEXT)).isInstanceOf(KeyEncryption.WrapDamage.class);
        }
        assertThat(wrapped.bytes().toArray()).hasSize(60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwxrwxrwx"})
    void aFileThatOthersMayUseIsRefused(String mode) throws IOException {
        Path file = write(ONE, mode);
        refused(file, "may be used by others (" + mode + ")");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# only a comment\n",
                "walkback-key-1 0101",
                "walkback-key-2 0101010101010101010101010101010101010101010101010101010101010101",
                "0101010101010101010101010101010101010101010101010101010101010101"
            })
    void aFileWithoutAKeyIsRefusedAndNotQuoted(String content) throws IOException {
        Path file = write(content, "rw-------");
        refused(file, "key file '" + file + "'");
        assertThatThrownBy(() -> KeyFile.read(file)).message().doesNotContain("0101");
    }

    @Test
    void aFileThatIsNotThereIsRefusedAndNotMade() {
        Path file = directory.resolve("absent");
        refused(file, "is not there");
        assertThat(file).doesNotExist();
    }

    @Test
    void aSettingNamesAFileOrAKnownKindOfKey() throws IOException {
        // Given
        Path file = write(ONE, "rw-------");
        KekId expected = KeyFile.read(file).current();
        // When, then
        for (String setting : List.of("file:" + file, "file://" + file, file.toString())) {
            assertThat(KeyEncryptions.open(setting).current()).isEqualTo(expected);
        }
        assertThat(KeyEncryptions.file("aws-kms:alias/x")).isEmpty();
        assertThatThrownBy(() -> KeyEncryptions.open("carrier-pigeon:7"))
                .hasMessageContaining("carrier-pigeon")
                .extracting(e -> ((PlatformException) e).code())
                .isEqualTo(FailureCode.CONFIGURATION);
    }

    private void refused(Path file, String message) {
        assertThatThrownBy(() -> KeyFile.read(file))
                .hasMessageContaining(message)
                .extracting(e -> ((PlatformException) e).code())
                .isEqualTo(FailureCode.KEY_UNAVAILABLE);
    }

    private Path write(String content, String mode) throws IOException {
        Path file = Files.writeString(directory.resolve(UUID.randomUUID() + ".key"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
