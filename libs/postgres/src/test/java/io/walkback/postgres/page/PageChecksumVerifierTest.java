package io.walkback.postgres.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageChecksumVerifierTest {
    private static final Lsn START = Lsn.parse("1/0");
    private static final RelationFile SECOND_SEGMENT = new RelationFile(false, "main", 1);

    private static byte[] pages(int count) {
        byte[] bytes = new byte[count * 8192];
        new Random(7).nextBytes(bytes);
        for (int i = 0; i < count; i++) {
            stamp(bytes, i, Lsn.parse("0/FFFFFFFF"));
        }
        return bytes;
    }

    private static void stamp(byte[] bytes, int page, Lsn lsn) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, page * 8192, 8192).slice().order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(0, (int) (lsn.bytes() >>> 32))
                .putInt(4, (int) lsn.bytes())
                .putShort(14, (short) 8000);
        buffer.putShort(8, (short) new PageChecksum().compute(bytes, page * 8192, 131_072 + page));
    }

    private static PageReport report(byte[] bytes, int slice) {
        PageChecksumVerifier verifier = new PageChecksumVerifier(START);
        verifier.begin(SECOND_SEGMENT);
        for (int at = 0; at < bytes.length; at += slice) {
            verifier.accept(bytes, at, Math.min(slice, bytes.length - at));
        }
        return verifier.finish();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 8191, 8192, 8193, 100_000})
    void slicesOfAnyLengthGiveTheSameVerdict(int slice) {
        byte[] bytes = pages(5);
        bytes[3 * 8192 + 5000] ^= 4;
        PageReport report = report(Arrays.copyOf(bytes, bytes.length + 17), slice);
        assertThat(report.pages()).isEqualTo(5);
        assertThat(report.verified()).isEqualTo(5);
        assertThat(report.rest()).isEqualTo(17);
        assertThat(report.first()).singleElement().satisfies(page -> {
            assertThat(page.block()).isEqualTo(131_072 + 3);
            assertThat(page.offset()).isEqualTo(3 * 8192);
            assertThat(page.found()).isNotEqualTo(page.expected());
        });
    }

    @Test
    void aPageInTheWrongPlaceIsAMismatch() {
        byte[] bytes = pages(2);
        byte[] swapped = new byte[bytes.length];
        System.arraycopy(bytes, 0, swapped, 8192, 8192);
        System.arraycopy(bytes, 8192, swapped, 0, 8192);
        assertThat(report(swapped, 8192).mismatches()).isEqualTo(2);
    }

    @Test
    void pagesThatWalWillReplaceAreNotJudgedButTheirHighestLsnIsTold() {
        byte[] bytes = pages(3);
        stamp(bytes, 0, START);
        stamp(bytes, 1, Lsn.parse("FFFF/0"));
        bytes[5000] ^= 1;
        PageReport report = report(bytes, 8192);
        assertThat(report.clean()).isTrue();
        assertThat(report.newer()).isEqualTo(2);
        assertThat(report.newest()).isEqualTo(Lsn.parse("FFFF/0"));
        assertThat(report.newestBlock()).isEqualTo(131_073);
    }

    @Test
    void anEmptyPageIsFineAndOneThatOnlyLooksNewIsNot() {
        byte[] bytes = new byte[2 * 8192];
        bytes[8192 + 8000] = 1;
        PageReport report = report(bytes, 8192);
        assertThat(report.empty()).isEqualTo(1);
        assertThat(report.first()).containsExactly(new PageMismatch(131_073, 8192, 0, 0));
    }

    @Test
    void aRuinedFileIsCountedButNotRememberedWhole() {
        byte[] bytes = pages(1200);
        for (int i = 0; i < 1200; i++) {
            bytes[i * 8192 + 6000] ^= 1;
        }
        PageReport report = report(bytes, 1 << 20);
        assertThat(report.mismatches()).isEqualTo(1200);
        assertThat(report.first()).hasSize(PageChecksumVerifier.MOST_REPORTED);
    }

    @ParameterizedTest
    @CsvSource({
        "base/5/16384,false,main,0",
        "base/5/16384.12,false,main,12",
        "base/5/16384_fsm,false,fsm,0",
        "base/5/16384_vm.1,false,vm,1",
        "base/5/16384_init,false,init,0",
        "base/5/t3_16384,true,main,0",
        "global/1262,false,main,0",
        "pg_tblspc/16385/PG_15_202209061/5/16390,false,main,0",
        "PG_18_202506291/5/16390_vm,false,vm,0"
    })
    void relationFilesAreToldByTheirPath(String path, boolean temporary, String fork, int segment) {
        assertThat(RelationFile.parse(path)).isEqualTo(Optional.of(new RelationFile(temporary, fork, segment)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "global/pg_control",
                "base/5/PG_VERSION",
                "base/5/pg_filenode.map",
                "base/5/pg_internal.init",
                "pg_xact/0000",
                "base/16384",
                "base/5/16384_old",
                "base/5/16384.1.2",
                "global/config_exec_params",
                "pg_wal/000000010000000000000001"
            })
    void otherFilesHaveNoPages(String path) {
        assertThat(RelationFile.parse(path)).isEmpty();
    }
}
