package io.walkback.repository.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.OperatorActionException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobKeyTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "shop/7300/wal/00000001/000000010000000000000002.partial/0-1", "A_b-c.d/0", "_x"})
    void acceptsWhatTheLayoutUses(String key) {
        assertThat(new BlobKey(key)).hasToString(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/a", "a/", "a//b", ".", "..", "a/../b", "a/.b", ".tmp/x", "a b", "a\\b", "a\0b", "ä", "a\n", "a:b",
                "C:/x"
            })
    void refusesWhatCouldLeaveItsRootOrMeetHiddenFiles(String key) {
        assertThat(BlobKey.isValid(key)).isFalse();
        assertThatThrownBy(() -> new BlobKey(key)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isBounded() {
        assertThat(BlobKey.isValid("a".repeat(200))).isTrue();
        assertThat(BlobKey.isValid("a".repeat(201))).isFalse();
        assertThat(BlobKey.isValid("a/".repeat(256) + "a")).isFalse();
    }

    @Test
    void aPrefixEndsAtASegment() {
        assertThat(BlobPrefix.below(new BlobKey("a/b")).child("c")).isEqualTo(new BlobKey("a/b/c"));
        assertThat(new BlobKey("a/b").child("c").name()).isEqualTo("c");
        assertThatThrownBy(() -> new BlobPrefix("a/b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRangeIsNeverNegative() {
        assertThatThrownBy(() -> new ByteRange(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ByteRange(Long.MAX_VALUE, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anUnknownSchemeIsRefusedByName() {
        assertThatThrownBy(() -> BlobStores.open(URI.create("gopher://x")))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("gopher");
        assertThatThrownBy(() -> BlobStores.create(URI.create("no-scheme")))
                .isInstanceOf(OperatorActionException.class);
    }
}
