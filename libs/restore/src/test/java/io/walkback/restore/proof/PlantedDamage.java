package io.walkback.restore.proof;

import io.walkback.postgres.page.PageChecksum;
import io.walkback.restore.SourceCluster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.function.Consumer;

/// Changes a page of a source while its server is stopped, as a fault of memory or firmware would.
final class PlantedDamage {
    private static final int PAGE = 8192;
    private static final int LINE_POINTERS = 24;

    private PlantedDamage() {}

    /// Makes a row of a heap's first page one of a transaction that never was. The checksum fits.
    static void heap(SourceCluster source, String relation) throws Exception {
        change(source, relation, 0, true, page -> {
            int tuple = page.getInt(LINE_POINTERS) & 0x7fff;
            page.putInt(tuple, 2_000_000_000);
        });
    }

    /// Swaps two entries of a btree's first leaf. The checksum fits.
    static void btree(SourceCluster source, String index) throws Exception {
        change(source, index, 1, true, page -> {
            int second = page.getInt(LINE_POINTERS + 8);
            page.putInt(LINE_POINTERS + 8, page.getInt(LINE_POINTERS + 12));
            page.putInt(LINE_POINTERS + 12, second);
        });
    }

    /// Turns over one bit of a relation's first page, and leaves its checksum as it was.
    static void bit(SourceCluster source, String relation) throws Exception {
        change(source, relation, 0, false, page -> page.put(PAGE - 20, (byte) (page.get(PAGE - 20) ^ 1)));
    }

    private static void change(
            SourceCluster source, String relation, int block, boolean sound, Consumer<ByteBuffer> how)
            throws SQLException, IOException {
        Path file =
                source.server.dataDirectory().resolve(source.query("SELECT pg_relation_filepath('" + relation + "')"));
        source.server.stop();
        byte[] bytes = Files.readAllBytes(file);
        byte[] page = new byte[PAGE];
        System.arraycopy(bytes, block * PAGE, page, 0, PAGE);
        ByteBuffer view = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
        how.accept(view);
        if (sound) {
            view.putShort(8, (short) new PageChecksum().compute(page, 0, block));
        }
        System.arraycopy(page, 0, bytes, block * PAGE, PAGE);
        Files.write(file, bytes);
        source.server.start();
    }
}
