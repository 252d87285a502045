package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConfirmationTest {
    private final StubApi api = new StubApi();

    @BeforeEach
    void answers() {
        api.answer("DELETE", "/api/databases/shop", 204, "");
        api.answer("GET", "/api/databases/shop", 200, Bodies.DATABASE);
        api.answer("POST", "/api/databases/shop/adopt", 200, Bodies.DATABASE);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private Run run(String input, boolean interactive, String... args) {
        return Run.of(Map.of("WALKBACK_API_URL", api.url().toString()), input, interactive, args);
    }

    @Test
    void removesOnlyAfterTheNameWasTyped() {
        // When
        Run wrong = run("till\n", true, "databases", "remove", "shop");
        Run end = run("", true, "databases", "remove", "shop");
        // Then
        assertThat(wrong.code()).isEqualTo(30);
        assertThat(end.code()).isEqualTo(30);
        assertThat(api.asked()).isEmpty();
        assertThat(run("shop\n", true, "databases", "remove", "shop").code()).isZero();
        assertThat(api.asked()).hasSize(1);
    }

    @Test
    void asksNobodyWhereNobodySits() {
        // When
        Run run = run("shop\n", false, "databases", "remove", "shop");
        // Then
        assertThat(run.code()).isEqualTo(30);
        assertThat(run.err()).contains("error APPROVAL_REQUIRED", "--yes");
        assertThat(run("", false, "databases", "remove", "shop", "--yes").code())
                .isZero();
    }

    @Test
    void adoptsAClusterThatWasConfirmed() {
        // When
        Run run = run("shop\n", true, "databases", "adopt", "shop", "--system-identifier", "7412345678901234568");
        // Then
        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("7412345678901234567").contains("7412345678901234568");
        assertThat(run("", false, "databases", "adopt", "shop", "--system-identifier", "x", "--yes")
                        .code())
                .isEqualTo(2);
    }
}
