package io.walkback.restore.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.RetryableException;
import io.walkback.restore.fetch.HostLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
    @TempDir
    Path temporary;

    private Path folder;
    private Scratch scratch;

    @BeforeEach
    void open() throws IOException {
        folder = temporary.toRealPath();
        scratch = new Scratch(folder);
    }

    private ScratchFolder create() {
        return scratch.create(Optional.empty());
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    @Test // P7
    void somebodyElsesFolderStaysWhateverItIsCalled() throws Exception {
        // Given
        Path customers = Files.createDirectory(folder.resolve("sandbox-customers"));
        Path alike = Files.createDirectory(folder.resolve("sandbox-0123abcd"));
        Path marked = Files.createDirectory(folder.resolve("sandbox-0123abce"));
        for (Path theirs : new Path[] {customers, alike, marked}) {
            Files.writeString(theirs.resolve("data"), "theirs");
        }
        Files.writeString(alike.resolve("lock"), "");
        Files.writeString(marked.resolve("lock"), "");
        Files.writeString(marked.resolve("walkback-sandbox"), "mine");
        ScratchFolder ours = create();
        Files.createSymbolicLink(folder.resolve("sandbox-0123abcf"), ours.path());
        // and one with our marker under another name
        Path renamed = folder.resolve("sandbox-kept");
        Files.move(ours.path(), renamed);
        ours.release();
        // When
        int removed = scratch.sweep();
        // Then
        assertThat(removed).isZero();
        assertThat(customers.resolve("data")).hasContent("theirs");
        assertThat(customers.resolve("lock")).doesNotExist();
        assertThat(alike.resolve("data")).hasContent("theirs");
        assertThat(marked.resolve("data")).hasContent("theirs");
        assertThat(renamed).isDirectory();
    }

    @Test
    void aFolderWhoseLockIsGoneKeepsNobodyFromRemovingTheOthers() throws Exception {
        // Given
        ScratchFolder broken = create();
        Files.delete(broken.path().resolve("lock"));
        broken.release();
        for (int i = 0; i < 3; i++) {
            create().release();
        }
        // When
        int removed = scratch.sweep();
        // Then
        assertThat(removed).isEqualTo(3);
        assertThat(count(folder)).isEqualTo(1);
        assertThat(broken.path()).isDirectory();
    }

    @Test
    void sweepingBesideAnOpenFolderDoesNotLetGoOfItsLock() throws Exception {
        // Given
        ScratchFolder open = create();
        Path lock = open.path().resolve("lock");
        assertThat(isLocked(lock)).isTrue();
        // When
        int removed = scratch.sweep();
        // Then
        assertThat(removed).isZero();
        assertThatThrownBy(() -> HostLock.take(lock)).isInstanceOf(RetryableException.class);
        assertThat(isLocked(lock)).isTrue();
        open.close();
        assertThat(count(folder)).isZero();
    }

    /// As the kernel sees it: other processes are kept out by nothing else.
    private static boolean isLocked(Path file) throws IOException {
        String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        try (Stream<String> locks = Files.lines(Path.of("/proc/locks"))) {
            return locks.anyMatch(line -> line.contains("POSIX") && line.contains(inode));
        }
    }

    @Test
    void whatSomebodyElseRemovesMeanwhileIsNoFault() throws Exception {
        // Given
        ScratchFolder open = create();
        for (String file : new String[] {"walkback-sandbox", "lock", "tablespaces"}) {
            Files.delete(open.path().resolve(file));
        }
        Files.delete(open.path());
        // When
        open.close();
        // Then
        assertThat(scratch.sweep()).isZero();
    }
}
