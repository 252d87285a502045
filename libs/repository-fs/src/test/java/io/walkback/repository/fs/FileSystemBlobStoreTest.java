package io.walkback.repository.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.ByteRange;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemBlobStoreTest {
    private static final BlobKey KEY = new BlobKey("shop/7/packs/0");

    @TempDir
    Path directory;

    private Path root;
    private FileSystemBlobStore store;

    @BeforeEach
    void create() {
        root = directory.resolve("a/store");
        store = FileSystemBlobStore.create(root);
    }

    @Test
    void everythingIsPrivateToItsUser() throws IOException {
        // Given
        store.putIfAbsent(KEY, new byte[10]);
        BlobWriter open = store.newWriter(new BlobKey("shop/other"));
        // When, then
        try (open;
                Stream<Path> tree = Files.walk(root)) {
            assertThat(tree)
                    .allSatisfy(path -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
        assertThat(store.widerPermissions(10)).isEmpty();
    }

    @Test
    void widerPermissionsAreNamed() throws IOException {
        // Given
        store.putIfAbsent(KEY, new byte[10]);
        Path file = root.resolve(KEY.value());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        // When, then
        assertThat(store.widerPermissions(10))
                .containsExactlyInAnyOrder(
                        new WidePermission(root, "rwxr-xr-x"), new WidePermission(file, "rw-r-----"));
        assertThat(store.widerPermissions(1)).hasSize(1);
    }

    @Test
    void leftoversAreInvisibleAndSweptByAge() throws IOException {
        // Given
        Path old = Files.createFile(root.resolve(".tmp/old"));
        Path young = Files.createFile(root.resolve(".tmp/young"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
        // When
        int swept = store.sweepLeftovers(Instant.parse("2021-01-01T00:00:00Z"));
        // Then
        assertThat(swept).isEqualTo(1);
        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(store.list(BlobPrefix.ROOT).hasNext()).isFalse();
    }

    @Test // pitfall 42
    void aStoreThatLostItsMarkerNeverSaysNotThere() throws IOException {
        // Given
        Files.delete(root.resolve(FileSystemBlobStore.MARKER));
        // When, then
        for (Runnable question : List.<Runnable>of(
                () -> store.size(KEY),
                () -> store.list(BlobPrefix.ROOT),
                () -> store.listFolders(BlobPrefix.ROOT),
                () -> store.open(KEY, new ByteRange(0, 1)),
                () -> store.delete(KEY),
                () -> store.newWriter(KEY))) {
            assertThatThrownBy(question::run)
                    .isInstanceOf(RetryableException.class)
                    .hasMessageContaining("marker");
        }
        assertThatThrownBy(() -> FileSystemBlobStore.open(root)).isInstanceOf(OperatorActionException.class);
    }

    @Test
    void aDirectoryWithOtherThingsInItIsRefused() throws IOException {
        Path used = Files.createDirectory(directory.resolve("used"));
        Files.createFile(used.resolve("precious"));
        assertThatThrownBy(() -> FileSystemBlobStore.create(used))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("not empty");
    }

    @Test
    void foreignFilesAreNotListed() throws IOException {
        store.putIfAbsent(KEY, new byte[1]);
        Files.createFile(root.resolve("shop/what is this"));
        Files.createDirectory(root.resolve("lost+found"));
        Files.createSymbolicLink(root.resolve("link"), root.resolve("shop"));
        try (var listing = store.list(BlobPrefix.ROOT)) {
            assertThat(listing.next().key()).isEqualTo(KEY);
            assertThat(listing.hasNext()).isFalse();
        }
    }

    @Test
    void opensByUrl() throws IOException {
        URI url = directory.resolve("by-url").toUri();
        try (BlobStore created = BlobStores.create(url)) {
            created.putIfAbsent(KEY, new byte[] {7});
        }
        Path leftover = Files.createFile(directory.resolve("by-url/.tmp/left"));
        Files.setLastModifiedTime(leftover, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
        try (BlobStore opened = BlobStores.open(url)) {
            assertThat(leftover).doesNotExist();
            assertThat(opened.size(KEY)).hasValue(1);
            assertThat(opened.location()).startsWith("file:///");
        }
        assertThatThrownBy(() -> BlobStores.open(URI.create("file://host/dir")))
                .isInstanceOf(OperatorActionException.class);
    }

    @Test // F32
    void aFullDiskAndARefusedPermissionHaveTheirOwnCodes() {
        FileFailures failures = new FileFailures(root);
        assertThat(code(failures.of("writing", new IOException("No space left on device"))))
                .isEqualTo(FailureCode.STORE_FULL);
        assertThat(code(failures.of("writing", new IOException("Disk quota exceeded"))))
                .isEqualTo(FailureCode.STORE_FULL);
        assertThat(code(failures.of("writing", new AccessDeniedException("x")))).isEqualTo(FailureCode.STORE_ACCESS);
        assertThat(code(failures.of("writing", new IOException("Input/output error"))))
                .isEqualTo(FailureCode.STORE_UNAVAILABLE);
    }

    @Test // F32
    void aFullDiskIsSaidAndLeavesNothingVisible() throws IOException {
        // Given: /dev/full answers every write with ENOSPC.
        Path full = Path.of("/dev/full");
        assertThat(full).exists();
        FileFailures failures = new FileFailures(root);
        // When, then
        try (var channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
            assertThatThrownBy(() -> channel.write(ByteBuffer.wrap(new byte[10])))
                    .isInstanceOfSatisfying(IOException.class, e -> assertThat(code(failures.of("writing", e)))
                            .isEqualTo(FailureCode.STORE_FULL));
        }
    }

    @RepeatedTest(3)
    void deletingRacesWithWritingIntoTheSameDirectory() throws Exception {
        // Given
        try (var threads = Executors.newFixedThreadPool(2)) {
            // When
            var writer = threads.submit(() -> {
                for (int i = 0; i < 300; i++) {
                    store.putIfAbsent(new BlobKey("d/e/" + i), new byte[1]);
                    store.delete(new BlobKey("d/e/" + i));
                }
            });
            for (int i = 0; i < 300; i++) {
                store.putIfAbsent(new BlobKey("d/e/x" + i), new byte[1]);
                store.delete(new BlobKey("d/e/x" + i));
            }
            // Then
            assertThat(writer.get()).isNull();
        }
        assertThat(root.resolve("d")).doesNotExist();
    }

    private static FailureCode code(PlatformException failure) {
        return failure.code();
    }
}
