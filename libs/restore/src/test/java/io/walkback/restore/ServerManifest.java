package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// What the server's own `backup_manifest` says about each file, compared with the file: for majors whose
/// `pg_verifybackup` is not installed.
final class ServerManifest {
    private static final Pattern FILE = Pattern.compile(
            "\\{ \"Path\": \"([^\"]+)\", \"Size\": (\\d+), [^}]*\"Checksum-Algorithm\": \"CRC32C\", \"Checksum\":"
                    + " \"([0-9a-f]{8})\" }");

    private ServerManifest() {}

    static void assertMatches(Path directory) throws Exception {
        Matcher files = FILE.matcher(Files.readString(directory.resolve("backup_manifest")));
        int count = 0;
        while (files.find()) {
            byte[] bytes = Files.readAllBytes(directory.resolve(files.group(1)));
            CRC32C crc = new CRC32C();
            crc.update(bytes);
            byte[] stored = ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt((int) crc.getValue())
                    .array();
            boolean ours = files.group(1).equals("postgresql.auto.conf");
            if (!ours) {
                assertThat((long) bytes.length).as(files.group(1)).isEqualTo(Long.parseLong(files.group(2)));
                assertThat(HexFormat.of().formatHex(stored)).as(files.group(1)).isEqualTo(files.group(3));
            }
            count++;
        }
        assertThat(count).isGreaterThan(500);
    }
}
