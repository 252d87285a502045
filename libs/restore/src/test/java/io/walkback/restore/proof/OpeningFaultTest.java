package io.walkback.restore.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.operation.Verdict;
import org.junit.jupiter.api.Test;

class OpeningFaultTest {
    private static PlatformException operator(FailureCode code, String message) {
        return new OperatorActionException(code, message, "Do something.");
    }

    private static CheckOutcome judge(PlatformException fault) {
        return OpeningFault.judge(fault).orElseThrow();
    }

    @Test // P3, P9
    void damageFailsAndNamesItsObject() {
        CheckOutcome outcome = judge(new CorruptDataException(
                FailureCode.OBJECT_CORRUPT, "object 'shop/7/packs/ab.pack' is damaged: 'x/y' differs", "Restore."));
        assertThat(outcome.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(outcome.object()).isEqualTo("shop/7/packs/ab.pack");
        assertThat(outcome.reason()).startsWith("OBJECT_CORRUPT: object");
    }

    @Test // P9
    void aHoleInTheWalFailsAndAnEndOfItDoesNot() {
        CheckOutcome hole = judge(operator(
                FailureCode.TARGET_UNREACHABLE,
                "the latest position cannot be reached: wal segment 00000001000000000000000A is missing from"
                        + " the archive"));
        assertThat(hole.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(hole.object()).isEqualTo("00000001000000000000000A");
        CheckOutcome end = judge(operator(
                FailureCode.TARGET_UNREACHABLE, "time 2099 cannot be reached: the archive ends with 0/A000000"));
        assertThat(end.verdict()).isEqualTo(Verdict.UNPROVEN);
    }

    @Test // P9
    void aServerThatStopsAtDataFailsAndOneThatDoesNotStartHereIsUnproven() {
        String log = "the server ended before it had reached its target; its log ends: LOG:  starting\n";
        CheckOutcome data = judge(operator(
                FailureCode.RECOVERY_FAILED, log + "PANIC: could not locate a valid checkpoint record\nLOG: end"));
        assertThat(data.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(data.reason()).isEqualTo("RECOVERY_FAILED: PANIC: could not locate a valid checkpoint record");
        assertThat(judge(operator(FailureCode.RECOVERY_FAILED, log + "FATAL:  could not map anonymous shared memory"))
                        .verdict())
                .isEqualTo(Verdict.UNPROVEN);
        CheckOutcome tablespace =
                judge(operator(FailureCode.RECOVERY_FAILED, log + "FATAL:  directory \"/srv/fast\" does not exist"));
        assertThat(tablespace.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(tablespace.reason()).contains("makes a tablespace");
        CheckOutcome library = judge(
                operator(FailureCode.RECOVERY_FAILED, log + "FATAL:  resource manager with ID 130 not registered"));
        assertThat(library.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(library.reason()).contains("preloaded library");
    }

    @Test // P9
    void onlyTheLineThatItEndedWithIsEvidenceAndAFaultOfTheHostIsNone() {
        String log = "the server ended before it had reached its target; its log ends: "
                + "LOG:  invalid record length at 0/5000028: wanted 24, got 0\nLOG:  invalid magic number 0000\n";
        for (String host : new String[] {
            "PANIC:  could not write to file \"pg_wal/xlogtemp.7\": No space left on device",
            "PANIC:  could not fsync file \"base/5/1259\": Input/output error",
            "FATAL:  out of memory",
            "PANIC:  could not open file \"global/pg_control\": Permission denied",
            "FATAL:  could not create shared memory segment",
            "LOG:  startup process (PID 7) was terminated by signal 9: Killed"
        }) {
            assertThat(judge(operator(FailureCode.RECOVERY_FAILED, log + host)).verdict())
                    .as(host)
                    .isEqualTo(Verdict.UNPROVEN);
        }
        assertThat(judge(operator(FailureCode.RECOVERY_FAILED, log + "PANIC:  heap_insert_redo: failed to add tuple"))
                        .verdict())
                .isEqualTo(Verdict.FAILED);
        assertThat(judge(operator(
                                FailureCode.RECOVERY_FAILED,
                                log + "FATAL:  invalid page in block 3 of relation" + " base/5/1259"))
                        .verdict())
                .isEqualTo(Verdict.FAILED);
    }

    @Test // P9
    void aServerThatWasNotShutDownInTimeIsUnprovenAndOneThatEndedElsewhereFails() {
        assertThat(judge(operator(
                                FailureCode.RECOVERY_FAILED,
                                "the restored server has state 'in production' after its shutdown"))
                        .verdict())
                .isEqualTo(Verdict.UNPROVEN);
        assertThat(judge(operator(FailureCode.RECOVERY_FAILED, "the restored server has an end at 0/1, before 0/2"))
                        .verdict())
                .isEqualTo(Verdict.FAILED);
    }

    @Test // P9
    void aBackupWhoseWalIsStillComingIsUnproven() {
        String needs = "the latest position cannot be reached: backup b1 needs wal up to 0/5000028, and segment"
                + " 000000010000000000000005 is not complete in the archive";
        assertThat(judge(operator(FailureCode.TARGET_UNREACHABLE, needs + "; nothing can be reached"))
                        .verdict())
                .isEqualTo(Verdict.UNPROVEN);
        assertThat(judge(operator(FailureCode.TARGET_UNREACHABLE, needs + ", and later wal is there; nothing"))
                        .verdict())
                .isEqualTo(Verdict.FAILED);
    }

    @Test // P9
    void whatThisHostLacksIsUnproven() {
        for (FailureCode code : new FailureCode[] {
            FailureCode.SERVER_BINARIES, FailureCode.TARGET_SPACE, FailureCode.WAIT_EXPIRED, FailureCode.KEY_UNAVAILABLE
        }) {
            assertThat(judge(operator(code, "not here")).verdict())
                    .as(code.name())
                    .isEqualTo(Verdict.UNPROVEN);
        }
    }

    @Test // P9
    void aFaultThatSaysNothingAboutTheBackupIsNoVerdict() {
        assertThat(OpeningFault.judge(new RetryableException(FailureCode.STORE_UNAVAILABLE, "no answer", "Wait.")))
                .isEmpty();
        assertThat(OpeningFault.judge(operator(FailureCode.BACKUP_UNKNOWN, "no backup")))
                .isEmpty();
    }
}
