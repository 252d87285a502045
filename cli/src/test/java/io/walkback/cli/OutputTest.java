package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutputTest {
    @Test
    void printsLongTablesWithTheWidthsOfTheirFirstRows() throws Exception {
        // Given
        StringWriter out = new StringWriter();
        List<Integer> numbers = IntStream.range(0, 2_000).boxed().toList();
        // When
        new Output(new PrintWriter(out), false)
                .list(
                        numbers,
                        new Output.Columns<Integer>()
                                .with("N", number -> number == 3 ? null : number)
                                .with("LAST", number -> "x"));
        // Then
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(2_001);
        assertThat(lines.get(0)).isEqualTo("N    LAST");
        assertThat(lines.get(4)).isEqualTo("-    x");
        assertThat(lines.getLast()).isEqualTo("1999  x");
    }

    @Test
    void namesSizesInDecimalUnits() {
        assertThat(Bytes.text(999L)).isEqualTo("999 B");
        assertThat(Bytes.text(1_500_000L)).isEqualTo("1.5 MB");
        assertThat(Bytes.text(null)).isNull();
    }
}
