package io.walkback.restore.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DirectWritesTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                8192,
                DirectWrites.SHORTEST - 1,
                DirectWrites.SHORTEST,
                DirectWrites.SHORTEST + 1,
                DirectWrites.STEP,
                DirectWrites.STEP + 8192,
                3 * DirectWrites.STEP - 8192,
                3 * DirectWrites.STEP + 100
            })
    void a_file_of_any_length_in_pieces_of_any_length_has_the_bytes_that_were_written(int size) throws IOException {
        byte[] bytes = random(size);
        DirectWrites writes = DirectWrites.in(directory);

        write(writes, directory.resolve("file"), bytes);

        assertThat(Files.readAllBytes(directory.resolve("file"))).isEqualTo(bytes);
    }

    @Test
    void one_step_of_memory_serves_one_file_after_the_other() throws IOException {
        DirectWrites writes = DirectWrites.in(directory);
        byte[] longer = random(DirectWrites.STEP + 65536);
        byte[] shorter = random(DirectWrites.SHORTEST);

        write(writes, directory.resolve("first"), longer);
        write(writes, directory.resolve("second"), shorter);

        assertThat(Files.readAllBytes(directory.resolve("second"))).isEqualTo(shorter);
        assertThat(Files.readAllBytes(directory.resolve("first"))).isEqualTo(longer);
    }

    @Test
    void a_file_that_is_there_is_not_written_over() throws IOException {
        DirectWrites writes = DirectWrites.in(directory);
        Path file = Files.writeString(directory.resolve("file"), "theirs");

        assertThatThrownBy(() -> writes.create(file, DirectWrites.STEP)).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> writes.create(file, 1)).isInstanceOf(FileAlreadyExistsException.class);

        assertThat(file).hasContent("theirs");
    }

    @Test
    void only_its_owner_reads_a_file_that_is_being_written() throws IOException {
        DirectWrites writes = DirectWrites.in(directory);

        write(writes, directory.resolve("direct"), random(DirectWrites.STEP));
        write(writes, directory.resolve("cached"), random(1));

        for (String name : new String[] {"direct", "cached"}) {
            assertThat(Files.getAttribute(directory.resolve(name), "unix:mode")).isEqualTo(0100600);
        }
    }

    @Test
    void the_block_that_was_tried_is_gone_also_where_it_lay_before() throws IOException {
        Files.writeString(directory.resolve("walkback.probe"), "of an attempt that was killed");

        DirectWrites.in(directory);

        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void a_direct_file_that_ends_within_a_block_fails_instead_of_losing_its_end() throws IOException {
        DirectWrites writes = DirectWrites.in(directory);
        assumeThat(writes.isDirect(DirectWrites.STEP))
                .as("the filesystem takes direct writes")
                .isTrue();
        OutputStream out = writes.create(directory.resolve("file"), DirectWrites.STEP);
        out.write(random(1000));

        assertThatThrownBy(out::close).isInstanceOf(EOFException.class).hasMessageContaining("1000 bytes");
    }

    private static void write(DirectWrites writes, Path file, byte[] bytes) throws IOException {
        try (OutputStream out = writes.create(file, bytes.length)) {
            Random lengths = new Random(bytes.length);
            int at = 0;
            while (at < bytes.length) {
                int piece = Math.min(bytes.length - at, 1 + lengths.nextInt(300_000));
                out.write(bytes, at, piece);
                at += piece;
            }
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
