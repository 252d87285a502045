package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a policy keeps, expiry, and holds.
class RetentionCommandTest {
    private final StubApi api = new StubApi();

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void showsWhatEachBackupAndStretchOfWalWouldBecomeAndWhy() {
        // Given
        api.answer("GET", "/api/databases/shop", 200, Bodies.DATABASE);
        api.answer("GET", "/api/databases/shop/retention", 200, Bodies.RETENTION);
        // When
        Run run = Run.of(api, "policy", "plan", "shop");
        // Then
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("immutability governance 20d: each object is locked for 20 days")
                .contains("expire  b1: too old")
                .contains("keep  b2: among the newest; held by ann")
                .contains("keep  wal 0/1000000 to 0/3000000 on timeline 1: recovery may go on through it");
    }

    @Test
    void showsWhatAProposedPolicyWouldDo(@TempDir Path folder) throws Exception {
        // Given
        Path file = Files.writeString(folder.resolve("p.yaml"), "retention: 7d\n");
        api.answer("GET", "/api/databases/shop", 200, Bodies.DATABASE);
        api.answer("POST", "/api/databases/shop/retention", 200, Bodies.RETENTION);
        // When
        Run run = Run.of(api, "policy", "plan", "shop", "--file", file.toString(), "--output", "json");
        // Then
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("\"fate\" : \"EXPIRE\"");
    }

    @Test
    void showsTheWholePolicyInForce() {
        // Given
        api.answer("GET", "/api/databases/shop", 200, Bodies.DATABASE);
        // When
        Run run = Run.of(api, "policy", "show", "shop");
        // Then
        assertThat(run.out())
                .containsPattern("retention +30d")
                .containsPattern("minimumRedundancy +2")
                .containsPattern("immutability +none")
                .containsPattern("copies +2");
    }

    @Test
    void showsTheDeleteSetWithReasonsBytesAndObjects() {
        // Given
        api.answer("GET", "/api/databases/shop/retention", 200, Bodies.RETENTION);
        // When
        Run run = Run.of(api, "expire", "shop", "--dry-run");
        // Then
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("expire  b1: too old")
                .doesNotContain("b2")
                .contains("would delete 6 objects, ")
                .contains("packs 2 objects, ")
                .contains("too young to be deleted: 1 objects, ");
    }

    @Test
    void asksForAnExpiryAndForAHoldAndEndsHolds() {
        // Given
        String hold = Bodies.operation("HOLD", "OPEN", "null");
        api.answer("POST", "/api/databases/shop/expire", 202, Bodies.ACCEPTED);
        api.answer("POST", "/api/holds", 202, Bodies.ACCEPTED);
        api.answer("GET", "/api/operations?kind=HOLD&live=true&limit=200", 200, Bodies.page(hold));
        api.answer("POST", "/api/operations/op-1/cancel", 202, hold);
        // Then
        assertThat(Run.of(api, "expire", "shop").code()).isZero();
        assertThat(Run.of(api, "hold", "b1", "--reason", "audit", "--until", "2027-01-01T00:00:00Z")
                        .code())
                .isZero();
        assertThat(Run.of(api, "hold", "b1").code()).isEqualTo(2);
        assertThat(Run.of(api, "release", "b1").out()).contains("op-1");
        assertThat(Run.of(api, "release", "b7").code()).isNotZero();
    }
}
