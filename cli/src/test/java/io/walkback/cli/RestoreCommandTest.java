package io.walkback.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a restore, or a verification, is asked for.
class RestoreCommandTest {
    private final StubApi api = new StubApi();

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void asksForARestoreWithItsTargetInUtc() {
        // Given
        api.answer("POST", "/api/backup/restore", 202, Bodies.ACCEPTED);
        // When
        Run run = Run.of(
                api,
                "restore",
                "--database=shop",
                "--target-time=2026-11-22 04:15:00+01:00",
                "--to=/srv/../srv/r",
                "--timeline=2",
                "--tablespace=/old=/new",
                "--no-start",
                "--yes");
        // Then
        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("target time is 2026-11-22T03:15:00Z (UTC)");
        assertThat(api.asked().getFirst().body())
                .contains(
                        "\"targetTime\":\"2026-11-22T03:15:00Z\"",
                        "\"directory\":\"/srv/r\"",
                        "\"timeline\":2",
                        "\"/old\":\"/new\"",
                        "\"noStart\":true",
                        "\"host\":\"node-1\"",
                        "\"target\":null");
    }

    @Test
    void asksForTheNameOfTheDatabaseBeforeADeltaRestore() {
        // Given
        api.answer("POST", "/api/backup/restore", 202, Bodies.ACCEPTED);
        // When nobody can be asked
        Run unasked = Run.of(api, "restore", "--database=shop", "--to=/srv/r", "--delta");
        // Then
        assertThat(unasked.code()).isNotZero();
        assertThat(unasked.err()).contains("APPROVAL_REQUIRED", "'/srv/r' of node-1", "no way back", "--yes");
        assertThat(api.asked()).isEmpty();
        // When it was said beforehand
        Run said = Run.of(api, "restore", "--database=shop", "--to=/srv/r", "--delta", "--yes");
        // Then
        assertThat(said.code()).isZero();
        assertThat(api.asked().getFirst().body()).contains("\"delta\":true");
    }

    @Test
    void asksForTheNameOfTheDatabaseBeforeARestoreInPlaceAndSendsTheDigestThatWasSeen() {
        // Given
        api.answer("POST", "/api/backup/restore", 202, Bodies.ACCEPTED);
        // When nobody can be asked
        Run unasked = Run.of(api, "restore", "--database=shop", "--to=/srv/r", "--in-place");
        // Then
        assertThat(unasked.err()).contains("APPROVAL_REQUIRED", "'/srv/r' of node-1", "set aside", "--yes");
        assertThat(api.asked()).isEmpty();
        // When it was said beforehand
        Run said = Run.of(
                api,
                "restore",
                "--database=shop",
                "--to=/srv/r",
                "--in-place",
                "--stop-hook=stop-shop",
                "--plan-digest=sha256:00",
                "--no-safety-backup",
                "--yes");
        // Then
        assertThat(said.code()).isZero();
        assertThat(api.asked().getFirst().body())
                .contains("\"inPlace\":{", "\"stopHook\":\"stop-shop\"", "\"planDigest\":\"sha256:00\"");
    }

    @Test
    void backsUpTheCurrentStateBeforeARestoreInPlaceAndGoesNoFurtherWithoutThatBackup() {
        // Given
        api.answer("POST", "/api/backup/create", 202, Bodies.ACCEPTED);
        api.answer("POST", "/api/backup/restore", 202, Bodies.ACCEPTED);
        String line = "restore --database=shop --to=/srv/r --in-place --yes";
        api.answer("GET", "/api/operations/op-1", 200, Bodies.operation("BACKUP", "CANCELLED", "null"));
        api.answer("GET", "/api/operations/op-1", 200, Bodies.operation("BACKUP", "COMPLETED", "null"));
        // When it fails
        Run without = Run.of(api, line.split(" ", -1));
        int asked = api.asked().size();
        // When it is there
        Run with = Run.of(api, line.split(" ", -1));
        // Then
        assertThat(without.code()).isNotZero();
        assertThat(without.err()).contains("the backup of the current state", "--no-safety-backup");
        assertThat(asked).isEqualTo(2);
        assertThat(with.code()).as(with.all()).isZero();
        assertThat(with.err()).contains("the current state is backup b1");
        assertThat(api.asked().getLast().target()).isEqualTo("/api/backup/restore");
    }

    @ParameterizedTest
    @CsvSource({
        "--target-xid=742, \"targetXid\":\"742\"",
        "--target-name=before, \"targetName\":\"before\"",
        "--target-lsn=0/5 --target-exclusive, \"exclusive\":true",
        "--target-lsn=16/B374D848, \"targetLsn\":\"16/B374D848\"",
        "--target=immediate, \"target\":\"immediate\"",
        "--target=latest, \"target\":\"latest\"",
        "--host=other, \"host\":\"other\"",
        "--backup-id=b7, \"backupId\":\"b7\"",
    })
    void sendsEachWayToNameATarget(String option, String sent) {
        api.answer("POST", "/api/backup/restore", 202, Bodies.ACCEPTED);
        assertThat(Run.of(api, ("restore --database=shop --to=/srv/r " + option).split(" ", -1))
                        .code())
                .isZero();
        assertThat(api.asked().getFirst().body()).contains(sent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--target-time=2026-11-22T03:15:00",
                "--target-lsn=nonsense",
                "--target=yesterday",
                "--target=latest --target-lsn=0/5",
                "--timeline=0",
                "--target-xid=2",
                "--target-xid=4294967296",
                "--target-xid=7 --target-name=x",
                "--target-exclusive",
                "--target-name=x --target-exclusive",
                "--stop-hook=x",
                "--in-place --delta",
                "--timeout=forever",
            })
    void refusesATargetThatIsNoneBeforeItAsksForAnything(String options) {
        String line = "restore --database=shop --to=/srv/r " + options;
        Run run = Run.of(api, line.split(" ", -1));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("error REQUEST_INVALID").contains("hint: ");
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void refusesARestoreOrVerificationOfNothing() {
        assertThat(Run.of(api, "restore", "--to", "/srv/r").code()).isEqualTo(2);
        assertThat(Run.of(api, "backup", "verify").code()).isEqualTo(2);
        assertThat(Run.of(api, "restore", "--to", "/srv/r", "--backup-id=b", "--from-repository=/srv/repo")
                        .code())
                .isEqualTo(2);
    }
}
