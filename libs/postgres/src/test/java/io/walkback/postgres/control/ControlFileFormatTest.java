package io.walkback.postgres.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files as PostgreSQL 15.19, 17.11 and 18.6 wrote them, cut after the CRC: the rest is zero.
class ControlFileFormatTest {
    private static final Map<Integer, String> FILES = Map.of(
            15,
            "da3de06e125b026b1405000025770d0c06000000000000009361026b00000000d8ee000600000000a0ee000600000000"
                    + "010000000100000001000000000000001503000000000000006000000100000000000000cc0200000100000001000000"
                    + "01000000000000007a61026b0000000000000000000000001503000000000000e8030000000000000000000000000000"
                    + "00000000000000000000000000000000000000000000000000000000010000000000000064000000080000000a000000"
                    + "000000004000000000000000080000000000000087d63241002000000000020000200000000000014000000020000000"
                    + "cc07000000080000010000000100000037761d70d9b778ec6cbbf020c237a59c9d863c9c4fe24f940766f1aabe42cd2d"
                    + "f9b1c92500000000",
            17,
            "1c5e34ee135b026ba40600008979100c06000000000000009b61026b0000000060f3000600000000d0f2000600000000"
                    + "010000000100000001000000010000002303000000000000006000000100000000000000da0200000100000001000000"
                    + "01000000000000008261026b0000000000000000000000002303000000000000e8030000000000000000000000000000"
                    + "00000000000000000000000000000000000000000000000000000000010000000000000064000000080000000a000000"
                    + "000000004000000000000000080000000000000087d63241002000000000020000200000000000014000000020000000"
                    + "cc0700000008000001000000010000008f66a9116cdfde1e57813c6e2a6d90b78e1514e5a5aedef09d5866f742b0ff64"
                    + "4666ac2200000000",
            18,
            "3dae0e99145b026b080700003300120c06000000000000009e61026b0000000028ee00060000000098ed000600000000"
                    + "010000000100000001000000010000003103000000000000006000000100000000000000e80200000100000001000000"
                    + "01000000000000008461026b0000000000000000000000003103000000000000e8030000000000000000000000000000"
                    + "00000000000000000000000000000000000000000000000000000000010000000000000064000000080000000a000000"
                    + "000000004000000000000000080000000000000087d63241002000000000020000200000000000014000000020000000"
                    + "cc0700000008000001000000010000000144a8579d2202651ace9b08f1f114a4ca57ea470e51ce9725a427273f22cfc7"
                    + "2000000080e8fe47");

    private static byte[] file(int major) {
        return Arrays.copyOf(HexFormat.of().parseHex(String.valueOf(FILES.get(major))), ControlFile.FILE_SIZE);
    }

    @Test
    void everyVersionIsRead() {
        assertThat(ControlFile.parse(file(15)).controlVersion()).isEqualTo(1300);
        assertThat(ControlFile.parse(file(17)).controlVersion()).isEqualTo(1700);
        assertThat(ControlFile.parse(file(18)).controlVersion()).isEqualTo(1800);
        assertThat(ControlFile.parse(file(15)).catalogVersion()).isEqualTo(202209061);
        assertThat(ControlFile.parse(file(18)).catalogVersion()).isEqualTo(202506291);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 17, 18})
    void theFieldsThatEveryServerHasAreWhereTheyBelong(int major) {
        ControlFile control = ControlFile.parse(file(major));
        assertThat(control.state()).isEqualTo(ClusterState.IN_PRODUCTION);
        assertThat(control.timeline()).isEqualTo(TimelineId.FIRST);
        assertThat(control.redo()).isLessThanOrEqualTo(control.checkpoint());
        assertThat(control.minRecoveryTimeline()).isNull();
        assertThat(control.backupEndRequired()).isFalse();
        assertThat(control.blockSize()).isEqualTo(8192);
        assertThat(control.pagesPerSegment()).isEqualTo(131_072);
        assertThat(control.walSegmentSize()).isEqualTo(16 << 20);
        assertThat(control.dataChecksumVersion()).isOne();
        assertThat(control.systemIdentifier().toString()).startsWith("7710825");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 45, 140, 252, 287})
    void anyFlippedBitIsFound(int at) {
        byte[] file = file(15);
        file[at] ^= 1;
        assertThatThrownBy(() -> ControlFile.parse(file))
                .isInstanceOfSatisfying(CorruptDataException.class, fault -> assertThat(fault.code())
                        .isEqualTo(FailureCode.OBJECT_CORRUPT));
    }

    @Test
    void anUnknownVersionOrAShortFileIsRefused() {
        byte[] file = file(18);
        file[8] = (byte) 0xFF;
        assertThatThrownBy(() -> ControlFile.parse(file)).isInstanceOf(OperatorActionException.class);
        assertThatThrownBy(() -> ControlFile.parse(new byte[295])).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void aBackupLabelOfAStandbyIsRead() {
        BackupLabel label = BackupLabel.parse(text("""
            START WAL LOCATION: 16/B3000028 (file 0000000200000016000000B3)
            CHECKPOINT LOCATION: 16/B3000060
            BACKUP METHOD: streamed
            BACKUP FROM: standby
            START TIME: 2026-11-22 03:23:17 UTC
            LABEL: nightly: all
            START TIMELINE: 2
            """));
        assertThat(label)
                .isEqualTo(new BackupLabel(
                        Lsn.parse("16/B3000028"),
                        "0000000200000016000000B3",
                        Lsn.parse("16/B3000060"),
                        new TimelineId(2),
                        true,
                        "nightly: all"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "START WAL LOCATION: 0/28 (file 000000010000000000000000); START WAL LOCATION: here",
                "CHECKPOINT LOCATION: 0/60; CHECKPOINT: 0/60",
                "BACKUP FROM: primary; FROM: primary",
                "START TIMELINE: 1; START TIMELINE: one"
            })
    void aBackupLabelWithoutWhatRecoveryNeedsIsRefused(String line, String instead) {
        String label = """
            START WAL LOCATION: 0/28 (file 000000010000000000000000)
            CHECKPOINT LOCATION: 0/60
            BACKUP FROM: primary
            START TIMELINE: 1
            """;
        assertThat(BackupLabel.parse(text(label)).fromStandby()).isFalse();
        assertThat(label).contains(line);
        assertThatThrownBy(() -> BackupLabel.parse(text(label.replace(line, instead))))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageStartingWith("backup_label cannot be read: ");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
