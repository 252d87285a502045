package io.walkback.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnPropertyTest {
    @Property
    void readsBackWhatItPrints(@ForAll long bytes) {
        assertThat(Lsn.parse(new Lsn(bytes).toString())).isEqualTo(new Lsn(bytes));
    }

    @Property
    void ordersAsUnsigned(@ForAll long left, @ForAll long right) {
        assertThat(new Lsn(left).isBefore(new Lsn(right))).isEqualTo(Long.compareUnsigned(left, right) < 0);
        assertThat(new Lsn(left).isAfter(new Lsn(right))).isEqualTo(Long.compareUnsigned(left, right) > 0);
        assertThat(Lsn.max(new Lsn(left), new Lsn(right)).isBefore(new Lsn(left)))
                .isFalse();
    }

    @Test
    void printsTheWayPostgresPrints() {
        assertThat(new Lsn(0x16B374D848L)).hasToString("16/B374D848");
        assertThat(Lsn.INVALID).hasToString("0/0");
        assertThat(Lsn.parse("0/3000028").plus(8).minus(Lsn.parse("0/3000028"))).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "1", "1/", "/1", "1/2/3", "123456789/0", "0/123456789", "-1/0", "0/-1", "g/0", "+1/0 "})
    void refusesWhatPostgresWouldNotPrint(String text) {
        assertThatThrownBy(() -> Lsn.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
