package io.walkback.repository.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.ByteRange;
import io.walkback.repository.blob.PutOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What goes wrong on a filesystem has a code, names the object, and harms nothing that is stored.
class FileSystemFaultTest {
    private static final BlobKey KEY = new BlobKey("shop/7/packs/0");

    @TempDir
    Path directory;

    private Path root;
    private FileSystemBlobStore store;

    @BeforeEach
    void create() {
        root = directory.resolve("store");
        store = FileSystemBlobStore.create(root);
    }

    @Test
    void aStoreWithoutItsTemporaryDirectoryCannotWriteAndSaysSo() throws IOException {
        // Given
        Files.delete(root.resolve(".tmp"));
        // When, then
        assertFails(() -> store.newWriter(KEY), FailureCode.STORE_UNAVAILABLE);
        assertThat(store.sweepLeftovers(Instant.EPOCH)).isZero();
        assertThat(FileSystemBlobStore.create(root).putIfAbsent(KEY, new byte[1]))
                .isEqualTo(PutOutcome.CREATED);
    }

    @Test
    void aKeyBelowABlobIsRefusedAndTheBlobStays() {
        // Given
        store.putIfAbsent(KEY, new byte[] {7});
        // When
        assertFails(() -> store.putIfAbsent(KEY.child("x"), new byte[1]), FailureCode.STORE_UNAVAILABLE);
        assertFails(() -> store.putIfAbsent(new BlobKey("shop/7"), new byte[1]), FailureCode.STORE_UNAVAILABLE);
        store.delete(new BlobKey("shop/7"));
        store.delete(KEY.child("x"));
        // Then
        assertThat(store.size(KEY)).hasValue(1);
        assertThat(root.resolve(".tmp")).isEmptyDirectory();
    }

    @Test
    void aWriterIsOfNoUseAfterItsCommit() {
        try (BlobWriter writer = store.newWriter(KEY)) {
            writer.commit();
            assertFails(() -> writer.write(new byte[1], 0, 1), FailureCode.STORE_UNAVAILABLE);
            assertThatThrownBy(writer::commit).isInstanceOf(IllegalStateException.class);
        }
        assertThat(store.size(KEY)).hasValue(0);
    }

    @Test // F25
    void aFileThatShrinksWhileItIsReadIsNeverAShortStream() throws IOException {
        // Given
        store.putIfAbsent(KEY, new byte[100]);
        try (InputStream in = store.open(KEY, new ByteRange(0, 100))) {
            // When
            try (FileChannel channel = FileChannel.open(root.resolve(KEY.value()), StandardOpenOption.WRITE)) {
                channel.truncate(40);
            }
            // Then
            assertFails(() -> readAll(in), FailureCode.STORE_UNAVAILABLE);
        }
    }

    @Test
    void anInterruptEndsTheWorkAndIsKept() throws IOException {
        // Given
        store.putIfAbsent(KEY, new byte[100]);
        try (InputStream in = store.open(KEY, new ByteRange(0, 100));
                BlobWriter writer = store.newWriter(new BlobKey("other"))) {
            // When, then
            Thread.currentThread().interrupt();
            assertFails(() -> readAll(in), FailureCode.CANCELLED);
            assertThat(Thread.interrupted()).isTrue();
            Thread.currentThread().interrupt();
            assertFails(writer::commit, FailureCode.CANCELLED);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(store.size(new BlobKey("other"))).isEmpty();
    }

    @Test
    void aListingAtItsEndHasNoMore() {
        try (var blobs = store.list(BlobPrefix.ROOT);
                var folders = store.listFolders(BlobPrefix.ROOT)) {
            assertThatThrownBy(blobs::next).isInstanceOf(NoSuchElementException.class);
            assertThatThrownBy(folders::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void aStoreCannotBeMadeWhereAFileIs() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertFails(() -> FileSystemBlobStore.create(file), FailureCode.STORE_UNAVAILABLE);
        assertFails(() -> FileSystemBlobStore.create(file.resolve("below")), FailureCode.STORE_UNAVAILABLE);
    }

    private static void readAll(InputStream in) {
        try {
            in.readAllBytes();
        } catch (IOException never) {
            throw new AssertionError("a store's stream throws no IOException", never);
        }
    }

    private static void assertFails(Runnable action, FailureCode code) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(PlatformException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
