package io.walkback.scheduler.request;

import static io.walkback.scheduler.Samples.NOW;
import static io.walkback.scheduler.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.DrillPolicy;
import io.walkback.domain.event.Approval;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.Decision;
import io.walkback.domain.event.DrillRequested;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.ExpiryRequested;
import io.walkback.domain.event.RestoreRequested;
import io.walkback.domain.event.VerificationRequested;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.DrillChoice;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.scheduler.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestRulesTest {
    private static final String PLAN = "sha256:" + "a".repeat(64);

    private final Map<String, Approval> approvals = new HashMap<>();
    private final Map<RecoveryTarget, Problem> targets = new HashMap<>();
    private final DatabaseRegistration shop = Samples.database("shop", "0 0 2 * * *", false);
    private final RequestRules rules = new RequestRules(
            id -> id.equals(SHOP) ? Optional.of(shop) : Optional.empty(),
            id -> Optional.ofNullable(approvals.get(id)),
            request -> Optional.ofNullable(targets.get(request.target())));

    private FailureCode refused(Event request) {
        assertThat(rules.judge(request, NOW)).isInstanceOf(OperationRecord.Rejected.class);
        return ((OperationRecord.Rejected) rules.judge(request, NOW)).problem().code();
    }

    private static BackupRequested backup(String requestId, BackupType type, String by, Instant notAfter) {
        return backup(requestId, type, by, notAfter, List.of());
    }

    private static BackupRequested backup(
            String requestId, BackupType type, String by, Instant notAfter, List<String> dbnames) {
        return new BackupRequested(
                Samples.header(SHOP, null),
                requestId,
                new BackupId("b1"),
                type,
                by,
                notAfter,
                Map.of(),
                null,
                null,
                dbnames);
    }

    private static RestoreRequested restore(
            RecoveryTarget target, String host, String directory, boolean destructive, @Nullable String approval) {
        return new RestoreRequested(
                Samples.header(SHOP, null),
                "r1",
                new OperationId("r1"),
                null,
                target,
                null,
                host,
                directory,
                Map.of(),
                true,
                destructive,
                PLAN,
                approval,
                "anne",
                NOW.plusSeconds(60),
                false,
                false,
                false,
                null,
                null);
    }

    private static RestoreRequested delta(boolean destructive, @Nullable String approval) {
        RestoreRequested over = restore(new RecoveryTarget.Latest(), "db2", "/srv/a", destructive, approval);
        return new RestoreRequested(
                over.header(),
                over.requestId(),
                over.operationId(),
                over.backupId(),
                over.target(),
                over.timeline(),
                over.host(),
                over.directory(),
                over.tablespaceMap(),
                over.noStart(),
                over.destructive(),
                over.planDigest(),
                over.approvalId(),
                over.requestedBy(),
                over.notAfter(),
                true,
                false,
                false,
                null,
                null);
    }

    @Test
    void opensAnOperationUnderTheIdOfTheRequestWithTheAttemptsOfThePolicy() {
        // When
        OperationRecord record = rules.judge(Samples.backupRequested("shop", "b1"), NOW);
        // Then
        assertThat(record).isInstanceOfSatisfying(OperationRecord.Opened.class, opened -> {
            assertThat(opened.operation()).hasToString("b1");
            assertThat(opened.command()).isEqualTo(new Command.TakeBackup(new BackupId("b1")));
            assertThat(opened.maxAttempts()).isEqualTo(3);
        });
    }

    @Test
    void refusesWhatItCannotUnderstandOrDo() {
        assertThat(refused(Samples.backupRequested("other", "b1"))).isEqualTo(FailureCode.DATABASE_UNKNOWN);
        assertThat(refused(backup("other", BackupType.PHYSICAL, "anne", NOW.plusSeconds(1))))
                .isEqualTo(FailureCode.REQUEST_INVALID);
        assertThat(refused(backup("b1", BackupType.UNKNOWN, "anne", NOW.plusSeconds(1))))
                .isEqualTo(FailureCode.REQUEST_INVALID);
        assertThat(refused(backup("b1", BackupType.PHYSICAL, " ", NOW.plusSeconds(1))))
                .isEqualTo(FailureCode.REQUEST_INVALID);
    }

    @Test // F17, F19
    void takesNoRequestForNewWhoseFirstCopyMayBeForgotten() {
        // Given
        BackupRequested eternal = backup("b1", BackupType.PHYSICAL, "anne", NOW.plus(Duration.ofDays(4000)));
        // Then
        assertThat(RequestRules.LONGEST_WAIT).isLessThan(OperationFold.KEPT);
        assertThat(rules.judge(eternal, NOW.plus(RequestRules.LONGEST_WAIT)))
                .isInstanceOf(OperationRecord.Opened.class);
        assertThat(rules.judge(eternal, NOW.plus(RequestRules.LONGEST_WAIT).plusSeconds(1)))
                .isInstanceOfSatisfying(
                        OperationRecord.Rejected.class,
                        late -> assertThat(late.problem().code()).isEqualTo(FailureCode.REQUEST_STALE));
    }

    @Test // F19
    void refusesARequestThatComesTooLate() {
        assertThat(refused(backup("b1", BackupType.PHYSICAL, "anne", NOW.minusSeconds(1))))
                .isEqualTo(FailureCode.REQUEST_STALE);
    }

    @ParameterizedTest // F53
    @ValueSource(strings = {"relative", "/", "/srv/../etc", "/srv/..", "/srv/a\nb", ""})
    void refusesADirectoryThatIsNoPlainAbsolutePath(String directory) {
        assertThat(refused(restore(new RecoveryTarget.Latest(), "db2", directory, false, null)))
                .isEqualTo(FailureCode.REQUEST_INVALID);
    }

    @Test
    void refusesTargetsThatNoServerKnows() {
        for (RecoveryTarget target : List.of(
                new RecoveryTarget.Position(Lsn.INVALID),
                new RecoveryTarget.Transaction("2"),
                new RecoveryTarget.Transaction("4294967296"),
                new RecoveryTarget.Transaction("x"),
                new RecoveryTarget.RestorePoint("\u00e4".repeat(32)),
                new RecoveryTarget.RestorePoint(" "))) {
            assertThat(refused(restore(target, "db2", "/srv/new", false, null)))
                    .as(target.toString())
                    .isEqualTo(FailureCode.REQUEST_INVALID);
        }
        assertThat(refused(restore(new RecoveryTarget.Latest(), "", "/srv/new", false, null)))
                .isEqualTo(FailureCode.REQUEST_INVALID);
    }

    @Test
    void opensARestoreAsItWasAsked() {
        // When
        OperationRecord record =
                rules.judge(restore(new RecoveryTarget.Transaction("742"), "db2", "/srv/new", false, null), NOW);
        // Then
        assertThat(record).isInstanceOfSatisfying(OperationRecord.Opened.class, opened -> assertThat(opened.command())
                .isEqualTo(command(new RecoveryTarget.Transaction("742"), "/srv/new", false, null)));
    }

    private static Command.Restore command(
            RecoveryTarget target, String directory, boolean delta, Command.@Nullable InPlace inPlace) {
        return new Command.Restore(
                null, target, null, "db2", directory, Map.of(), false, delta, false, false, PLAN, null, inPlace);
    }

    private static RestoreRequested inPlace(
            boolean validateOnly, @Nullable String digest, @Nullable String breakGlass, @Nullable String hook) {
        RestoreRequested into = restore(new RecoveryTarget.Latest(), "db2", "/srv/a", false, null);
        return new RestoreRequested(
                into.header(),
                into.requestId(),
                into.operationId(),
                into.backupId(),
                into.target(),
                into.timeline(),
                into.host(),
                into.directory(),
                into.tablespaceMap(),
                into.noStart(),
                into.destructive(),
                digest,
                into.approvalId(),
                into.requestedBy(),
                into.notAfter(),
                false,
                false,
                validateOnly,
                breakGlass,
                new Command.InPlace(hook, null, null));
    }

    @Test
    void plansARestoreInPlaceAndCarriesNoneOut() {
        assertThat(refused(inPlace(false, null, null, "stop"))).isEqualTo(FailureCode.REQUEST_INVALID);
        assertThat(refused(inPlace(false, "sha256:0", null, "stop"))).isEqualTo(FailureCode.REQUEST_INVALID);
        assertThat(refused(inPlace(false, null, " ", "stop"))).isEqualTo(FailureCode.REQUEST_INVALID);
        assertThat(refused(inPlace(false, PLAN, null, "stop"))).isEqualTo(FailureCode.NOT_SUPPORTED);
        assertThat(refused(inPlace(false, null, "nobody answers, the shop is down", "stop")))
                .isEqualTo(FailureCode.NOT_SUPPORTED);
        assertThat(rules.judge(inPlace(true, null, null, null), NOW)).isInstanceOf(OperationRecord.Opened.class);
    }

    @ParameterizedTest // F53
    @ValueSource(strings = {"../stop", "/bin/sh", "-rf", "a b", "stop;reboot", ".hidden", "$(reboot)", "", "a\nb"})
    void f53RefusesAHookThatIsNoPlainFileName(String hook) {
        assertThat(refused(inPlace(false, PLAN, null, hook))).isEqualTo(FailureCode.REQUEST_INVALID);
    }

    private void approve(String by, Decision decision, String plan, boolean breakGlass, Instant until) {
        approvals.put(
                "a1",
                new Approval(
                        Samples.header(SHOP, null),
                        "a1",
                        new OperationId("r1"),
                        plan,
                        "anne",
                        by,
                        decision,
                        null,
                        breakGlass,
                        until));
    }

    @Test
    void refusesToDestroyWithoutTheApprovalOfASecondPersonForThisVeryPlan() {
        Event destructive = restore(new RecoveryTarget.Latest(), "db2", "/srv/new", true, "a1");
        assertThat(refused(restore(new RecoveryTarget.Latest(), "db2", "/srv/new", true, null)))
                .isEqualTo(FailureCode.APPROVAL_REQUIRED);
        assertThat(refused(destructive)).isEqualTo(FailureCode.APPROVAL_REQUIRED);
        approve("anne", Decision.GRANTED, PLAN, false, NOW.plusSeconds(60));
        assertThat(refused(destructive)).isEqualTo(FailureCode.APPROVAL_REQUIRED);
        approve("bert", Decision.DENIED, PLAN, false, NOW.plusSeconds(60));
        assertThat(refused(destructive)).isEqualTo(FailureCode.APPROVAL_REQUIRED);
        approve("bert", Decision.GRANTED, "another plan", false, NOW.plusSeconds(60));
        assertThat(refused(destructive)).isEqualTo(FailureCode.APPROVAL_REQUIRED);
        approve("bert", Decision.GRANTED, PLAN, false, NOW);
        assertThat(refused(destructive)).isEqualTo(FailureCode.APPROVAL_REQUIRED);
        approve("bert", Decision.GRANTED, PLAN, false, NOW.plusSeconds(60));
        assertThat(refused(destructive)).isEqualTo(FailureCode.NOT_SUPPORTED);
        approve("anne", Decision.GRANTED, PLAN, true, NOW.plusSeconds(60));
        assertThat(refused(destructive)).isEqualTo(FailureCode.NOT_SUPPORTED);
    }

    @Test
    void opensADeltaRestoreAsItWasAskedAndAfterAnApprovalWhereItAsksForOne() {
        // Given
        approve("bert", Decision.GRANTED, PLAN, false, NOW.plusSeconds(60));
        // Then
        for (Event over : List.of(delta(false, null), delta(true, "a1"))) {
            assertThat(rules.judge(over, NOW))
                    .isInstanceOfSatisfying(OperationRecord.Opened.class, opened -> assertThat(opened.command())
                            .isEqualTo(command(new RecoveryTarget.Latest(), "/srv/a", true, null)));
        }
        assertThat(refused(delta(true, null))).isEqualTo(FailureCode.APPROVAL_REQUIRED);
    }

    @Test
    void opensALogicalBackupOfTheDbnamesThatAreNamedOrOfAll() {
        for (List<String> dbnames : List.of(List.<String>of(), List.of("shop", "it's \"ü\" = 1"))) {
            assertThat(rules.judge(backup("b1", BackupType.LOGICAL, "anne", NOW.plusSeconds(1), dbnames), NOW))
                    .isInstanceOfSatisfying(OperationRecord.Opened.class, opened -> assertThat(opened.command())
                            .isEqualTo(new Command.TakeDump(new BackupId("b1"), dbnames)));
        }
    }

    @Test
    void refusesDbnamesThatCannotBeAndThoseOfAPhysicalBackup() {
        for (List<String> wrong : List.of(
                List.of(""),
                List.of("a\0b"),
                List.of("a", "a"),
                List.of("ü".repeat(32)),
                Collections.nCopies(2, "b"))) {
            assertThat(refused(backup("b1", BackupType.LOGICAL, "anne", NOW.plusSeconds(1), wrong)))
                    .as("%s", wrong)
                    .isEqualTo(FailureCode.REQUEST_INVALID);
        }
        List<String> many =
                IntStream.rangeClosed(0, 1000).mapToObj(i -> "d" + i).toList();
        assertThat(refused(backup("b1", BackupType.LOGICAL, "anne", NOW.plusSeconds(1), many)))
                .isEqualTo(FailureCode.REQUEST_INVALID);
        assertThat(refused(backup("b1", BackupType.PHYSICAL, "anne", NOW.plusSeconds(1), List.of("shop"))))
                .isEqualTo(FailureCode.REQUEST_INVALID);
    }

    private static DrillRequested drill(
            DrillChoice choice, @Nullable String backup, RecoveryTarget target, @Nullable Duration window) {
        return new DrillRequested(
                Samples.header(SHOP, null),
                "d1",
                new OperationId("d1"),
                choice,
                backup == null ? null : new BackupId(backup),
                target,
                Map.of(),
                "anne",
                NOW.plusSeconds(60),
                window);
    }

    @Test
    void opensADrillWithTheAssertionsAndTheLimitOfItsPolicy() {
        // Given
        RecoveryTarget latest = new RecoveryTarget.Latest();
        // When
        OperationRecord opened = rules.judge(drill(DrillChoice.NEWEST, null, latest, Duration.ofDays(7)), NOW);
        // Then
        DrillPolicy policy = DrillPolicy.DEFAULT;
        assertThat(opened).isInstanceOfSatisfying(OperationRecord.Opened.class, record -> assertThat(record.command())
                .isEqualTo(new Command.Rehearse(
                        DrillChoice.NEWEST, null, latest, Duration.ofDays(7), policy.assertions(), policy.limit())));
    }

    @Test
    void refusesADrillThatContradictsItself() {
        // Given
        RecoveryTarget latest = new RecoveryTarget.Latest();
        List<Event> contradictions = List.of(
                drill(DrillChoice.NAMED, null, latest, null),
                drill(DrillChoice.RANDOM, "b1", latest, null),
                drill(DrillChoice.UNKNOWN, null, latest, null),
                drill(DrillChoice.NEWEST, null, latest, Duration.ZERO),
                drill(DrillChoice.NEWEST, null, new RecoveryTarget.Immediate(), Duration.ofDays(1)),
                drill(DrillChoice.NEWEST, null, new RecoveryTarget.Transaction("2"), null));
        // When, Then
        assertThat(contradictions)
                .allSatisfy(request -> assertThat(refused(request)).isEqualTo(FailureCode.REQUEST_INVALID));
    }

    @Test
    void namedBackupsAreNotDeletedWithoutASecondPerson() {
        assertThat(refused(expiry(List.of(new BackupId("b1"))))).isEqualTo(FailureCode.APPROVAL_REQUIRED);
    }

    @Test
    void opensAnExpiryOfWhateverThePolicyLetsGo() {
        assertThat(rules.judge(expiry(List.of()), NOW))
                .isInstanceOfSatisfying(OperationRecord.Opened.class, opened -> assertThat(opened.command())
                        .isEqualTo(new Command.Expire()));
    }

    private static Event expiry(List<BackupId> named) {
        return new ExpiryRequested(
                Samples.header(SHOP, null), "e1", new OperationId("e1"), named, null, "anne", NOW.plusSeconds(60));
    }

    @Test
    void opensAVerification() {
        // Given
        Event request = new VerificationRequested(
                Samples.header(SHOP, null), "v1", new OperationId("v1"), null, "anne", NOW.plusSeconds(60), null);
        // Then
        assertThat(rules.judge(request, NOW))
                .isInstanceOfSatisfying(OperationRecord.Opened.class, opened -> assertThat(opened.command())
                        .isEqualTo(new Command.Verify(null)));
    }

    @Test // P12
    void refusesARestoreToATargetThatIsKnownToBeOutOfReach() {
        // Given
        RestoreRequested request = Samples.restoreRequested("shop", "r1", false);
        targets.put(request.target(), new Problem(FailureCode.TARGET_UNREACHABLE, "a hole", "Ask for another."));
        // When, Then
        assertThat(refused(request)).isEqualTo(FailureCode.TARGET_UNREACHABLE);
    }
}
