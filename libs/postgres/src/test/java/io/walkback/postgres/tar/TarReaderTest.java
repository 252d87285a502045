package io.walkback.postgres.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TarReaderTest {
    static final class Collected implements TarSink {
        final List<TarEntry> entries = new ArrayList<>();
        final List<byte[]> contents = new ArrayList<>();
        private ByteArrayOutputStream content = new ByteArrayOutputStream();

        @Override
        public void entry(TarEntry entry) {
            entries.add(entry);
            content = new ByteArrayOutputStream();
        }

        @Override
        public void data(byte[] buffer, int offset, int length) {
            content.write(buffer, offset, length);
        }

        @Override
        public void entryEnded() {
            contents.add(content.toByteArray());
        }
    }

    private static byte[] header(String name, char type, String size, String link) {
        return header(name, type, size, link, asItIs -> {});
    }

    private static byte[] header(String name, char type, String size, String link, Consumer<byte[]> change) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000600");
        put(header, 108, "0000145");
        put(header, 116, "0000150");
        put(header, 124, size);
        put(header, 136, "14000000000");
        header[156] = (byte) type;
        put(header, 157, link);
        put(header, 257, "ustar");
        put(header, 263, "00");
        change.accept(header);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += Byte.toUnsignedInt(b);
        }
        put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static byte[] archive(byte[]... blocks) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        for (byte[] block : blocks) {
            archive.writeBytes(block);
            archive.writeBytes(new byte[-block.length & 511]);
        }
        return archive.toByteArray();
    }

    private static Collected read(byte[] archive) {
        Collected sink = new Collected();
        TarReader reader = new TarReader("base.tar", sink);
        reader.accept(archive, 0, archive.length);
        reader.finish();
        return sink;
    }

    private static void assertRefused(byte[] archive, String... parts) {
        assertThatThrownBy(() -> read(archive)).isInstanceOfSatisfying(CorruptDataException.class, fault -> {
            assertThat(fault.code()).isEqualTo(FailureCode.POSTGRES_PROTOCOL);
            assertThat(fault.text()).contains(parts).contains("base.tar");
        });
    }

    private static final byte[] END = new byte[1024];

    @Test
    void readsWhatTheServerSends() {
        Collected sink = read(archive(
                header("backup_label", '0', "00000000005", ""),
                "label".getBytes(StandardCharsets.UTF_8),
                header("pg_wal/", '5', "00000000000", ""),
                header("./pg_wal/archive_status/", '5', "00000000000", ""),
                header("pg_tblspc/", '5', "00000000000", ""),
                header("pg_tblspc/16384/", '2', "00000000000", "/srv/fast"),
                END));
        assertThat(sink.entries)
                .extracting(TarEntry::name)
                .containsExactly("backup_label", "pg_wal", "pg_wal/archive_status", "pg_tblspc", "pg_tblspc/16384");
        assertThat(sink.entries.getFirst())
                .isEqualTo(new TarEntry(
                        "backup_label",
                        TarEntry.Type.FILE,
                        5,
                        0600,
                        101,
                        104,
                        Instant.ofEpochSecond(014000000000L),
                        ""));
        assertThat(sink.entries.getLast().linkTarget()).isEqualTo("/srv/fast");
        assertThat(new String(sink.contents.getFirst(), StandardCharsets.UTF_8)).isEqualTo("label");
    }

    @Test
    void aSizeBeyondOctalIsReadFromBinaryWithoutReservingAByte() {
        byte[] header = header("huge", '0', "", "", bytes -> {
            bytes[124] = (byte) 0x80;
            bytes[131] = 3; // 3 << 32, 12 GiB
        });
        Collected sink = new Collected();
        new TarReader("base.tar", sink).accept(header, 0, header.length);
        assertThat(sink.entries.getFirst().size()).isEqualTo(3L << 32);
    }

    @ParameterizedTest(name = "F54: {0}")
    @ValueSource(strings = {"../outside", "a/../../b", "/etc/passwd", "a//b", "./a", "a/.", ".."})
    void aPathThatLeavesTheDirectoryIsRefusedByName(String name) {
        assertRefused(archive(header(name, '0', "00000000000", ""), END), name, "path");
    }

    @ParameterizedTest(name = "F54: type {0}")
    @CsvSource({"1,hard link", "3,device", "4,device", "6,pipe", "7,type", "L,type", "x,type", "g,type", "S,type"})
    void whatTheServerNeverSendsIsRefusedByName(char type, String why) {
        assertRefused(archive(header("odd", type, "00000000000", ""), END), "'odd'", why);
    }

    @Test // F54
    void aFileBelowALinkOrAFileIsRefusedByName() {
        byte[] folder = header("pg_tblspc/", '5', "00000000000", "");
        byte[] link = header("pg_tblspc/1", '2', "00000000000", "/etc");
        byte[] below = header("pg_tblspc/1/passwd", '0', "00000000000", "");
        assertRefused(archive(folder, link, below, END), "pg_tblspc/1/passwd", "parent");
        byte[] file = header("f", '0', "00000000000", "");
        assertRefused(archive(file, header("f/g", '0', "00000000000", ""), END), "'f/g'");
    }

    @Test // F54
    void aLinkThatIsNoTablespaceIsRefusedByName() {
        assertRefused(archive(header("pg_wal", '2', "00000000000", "/mnt"), END), "pg_wal", "tablespace");
        byte[] folder = header("pg_tblspc/", '5', "00000000000", "");
        assertRefused(archive(folder, header("pg_tblspc/1", '2', "00000000000", "../x"), END), "not an absolute path");
    }

    @Test // F54
    void anEntryThatComesTwiceIsRefusedByName() {
        byte[] file = header("twice", '0', "00000000000", "");
        assertRefused(archive(file, file, END), "'twice'", "before");
        byte[] folder = header("twice/", '5', "00000000000", "");
        assertRefused(archive(file, folder, END), "'twice'", "before");
    }

    @Test
    void damagedHeadersAreRefused() {
        byte[] wrongSum = header("sum", '0', "00000000000", "");
        wrongSum[110] ^= 1;
        assertRefused(archive(wrongSum, END), "'sum'", "checksum");
        byte[] noSum = header("none", '0', "00000000000", "");
        Arrays.fill(noSum, 148, 156, (byte) 'z');
        assertRefused(archive(noSum, END), "checksum");
        assertRefused(archive(header("old", '0', "00000000000", "", bytes -> bytes[257] = 'x'), END), "ustar");
        assertRefused(archive(header("p", '0', "00000000000", "", bytes -> bytes[345] = 'x'), END), "prefix");
        assertRefused(archive(header("n\0m", '0', "00000000000", ""), END), "'n", "zero byte");
        assertRefused(archive(header("", '0', "00000000000", ""), END), "without a name");
        assertRefused(archive(header("s", '0', "0000000008", ""), END), "octal");
        assertRefused(archive(header("s", '0', "", ""), END), "empty number");
        assertRefused(
                archive(header("s", '0', "", "", bytes -> Arrays.fill(bytes, 124, 136, (byte) 0xFF)), END), "number");
        assertRefused(
                archive(
                        header("s", '0', "", "", bytes -> {
                            bytes[124] = (byte) 0xC0;
                        }),
                        END),
                "negative");
        assertRefused(archive(header("d/", '5', "00000000007", ""), END), "7 bytes");
        assertRefused(archive(header("f", '0', "00000000000", "x"), END), "points to");
        assertRefused(archive(header("u", '0', "00000000000", "", bytes -> bytes[1] = (byte) 0xFF), END), "UTF-8");
    }

    @Test
    void anArchiveThatEndsTooEarlyOrGoesOnTooLongIsRefused() {
        byte[] file = header("f", '0', "00000001000", "");
        assertRefused(archive(file), "'f'", "cut short");
        assertRefused(new byte[0], "cut short");
        assertRefused(new byte[512], "cut short");
        byte[] empty = header("f", '0', "00000000000", "");
        assertRefused(archive(new byte[512], empty, END), "follows the end mark");
        assertRefused(archive(END, empty), "follows the end mark");
        byte[] content = new byte[512];
        content[3] = 1;
        assertRefused(archive(header("f", '0', "00000000001", ""), content, END), "padding");
    }
}
