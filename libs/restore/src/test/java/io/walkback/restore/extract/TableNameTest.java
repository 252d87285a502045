package io.walkback.restore.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.OperatorActionException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableNameTest {
    @Test
    void readsNamesAsSqlDoes() {
        assertThat(TableName.parse("public.Orders")).isEqualTo(new TableName("public", "orders"));
        assertThat(TableName.parse("\"Two Words\".\"it's \"\"x\"\"; --\""))
                .isEqualTo(new TableName("Two Words", "it's \"x\"; --"));
        assertThat(TableName.parse("größe.\"a.b\"").quoted()).isEqualTo("\"größe\".\"a.b\"");
    }

    @ParameterizedTest // F53
    @ValueSource(
            strings = {
                "orders",
                "public.",
                ".orders",
                "a.b.c",
                "public.orders; DROP TABLE x",
                "\"a\"b\".c",
                "a.\"b",
                "a.b*"
            })
    void refusesWhatIsNoNameOfOneTable(String text) {
        assertThatThrownBy(() -> TableName.parse(text)).isInstanceOf(OperatorActionException.class);
    }

    @Test
    void cutsANameAtACharacterSoThatTheSuffixFits() {
        TableName cut = new TableName("public", "é".repeat(31)).with("_restored_20261122031500");
        assertThat(cut.name()).isEqualTo("é".repeat(19) + "_restored_20261122031500");
        assertThat(cut.name().getBytes(StandardCharsets.UTF_8)).hasSize(62);
        assertThat(new TableName("public", "t").with("_x").name()).isEqualTo("t_x");
    }
}
