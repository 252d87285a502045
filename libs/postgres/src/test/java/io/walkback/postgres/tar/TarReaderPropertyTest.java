package io.walkback.postgres.tar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

class TarReaderPropertyTest {
    @Property(tries = 200)
    void anyFilesCutIntoAnySlicesComeOutAsAnotherWriterPutThemIn(
            @ForAll @Size(max = 12) List<@Size(max = 2000) byte[]> files,
            @ForAll @IntRange(min = 1, max = 1500) int slice)
            throws IOException {
        // Given
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            tar.putArchiveEntry(new TarArchiveEntry("base/"));
            tar.closeArchiveEntry();
            for (int i = 0; i < files.size(); i++) {
                TarArchiveEntry entry = new TarArchiveEntry("base/" + i);
                entry.setSize(files.get(i).length);
                entry.setMode(0640);
                tar.putArchiveEntry(entry);
                tar.write(files.get(i));
                tar.closeArchiveEntry();
            }
        }
        byte[] archive = bytes.toByteArray();
        TarReaderTest.Collected sink = new TarReaderTest.Collected();
        TarReader reader = new TarReader("t", sink);
        // When
        for (int at = 0; at < archive.length; at += slice) {
            reader.accept(archive, at, Math.min(slice, archive.length - at));
        }
        reader.finish();
        // Then
        assertThat(sink.entries).hasSize(files.size() + 1);
        for (int i = 0; i < files.size(); i++) {
            assertThat(sink.entries.get(i + 1).name()).isEqualTo("base/" + i);
            assertThat(sink.entries.get(i + 1).mode()).isEqualTo(0640);
            assertThat(sink.contents.get(i + 1)).isEqualTo(files.get(i));
        }
    }

    @Property(tries = 20)
    void noNameIsTakenForAnotherAndEachIsRefusedTheSecondTime(@ForAll @IntRange(min = 1, max = 20_000) int count) {
        EntryNames names = new EntryNames();
        for (int i = 0; i < count; i++) {
            names.add(file("f" + i));
        }
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> names.add(file("f" + count / 2)))
                .isInstanceOf(TarRefusal.class);
    }

    private static TarEntry file(String name) {
        return new TarEntry(name, TarEntry.Type.FILE, 0, 0600, 0, 0, java.time.Instant.EPOCH, "");
    }
}
