package io.walkback.repository.extent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PmacTest {
    private static final byte[] KEY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

    @ParameterizedTest
    @CsvSource({
        "0, 4399572cd6ea5341b8d35876a7098af7",
        "3, 256ba5193c1b991b4df0c51f388a9e27",
        "16, ebbd822fa458daf6dfdad7c27da76338",
        "20, 0412ca150bbf79058d8c75a58c993f55",
        "32, e97ac04e9e5e3399ce5355cd7407bc75",
        "34, 5cba7d5eb24f7c86ccc54604e53d5512"
    })
    void givesThePublishedTagsForCountingBytes(int length, String tag) {
        // Given
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++) {
            message[i] = (byte) i;
        }
        // When
        Digest128 digest = new Pmac(KEY).digest(message, 0, length);
        // Then
        assertThat(digest).hasToString(tag);
    }

    @Test
    void givesThePublishedTagForAThousandZeros() {
        assertThat(new Pmac(KEY).digest(new byte[1000], 0, 1000)).hasToString("c2c9fa1d9985f6f0d2aff915a0e8d910");
    }

    @Test
    void readsOnlyTheBytesItWasGiven() {
        // Given
        byte[] message = new byte[8192 + 64];
        Arrays.fill(message, 32, 32 + 8192, (byte) 7);
        byte[] alone = Arrays.copyOfRange(message, 32, 32 + 8192);
        Pmac pmac = new Pmac(KEY);
        // When
        Digest128 inside = pmac.digest(message, 32, 8192);
        // Then
        assertThat(inside).isEqualTo(pmac.digest(alone, 0, 8192)).isNotEqualTo(pmac.digest(message, 31, 8192));
    }
}
