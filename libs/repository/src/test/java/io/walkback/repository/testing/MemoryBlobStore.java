package io.walkback.repository.testing;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.ByteRange;
import io.walkback.repository.blob.DeleteOutcome;
import io.walkback.repository.blob.PutOutcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// Blobs in a map, which tests may damage.
public class MemoryBlobStore implements BlobStore {
    private static final class Blob {
        private final byte[] bytes;
        private final Instant storedAt;

        Blob(byte[] bytes, Instant storedAt) {
            this.bytes = bytes;
            this.storedAt = storedAt;
        }

        byte[] bytes() {
            return bytes;
        }

        Instant storedAt() {
            return storedAt;
        }
    }

    private final ConcurrentNavigableMap<BlobKey, Blob> blobs = new ConcurrentSkipListMap<>();
    private final Set<BlobKey> locked = ConcurrentHashMap.newKeySet();
    private final Clock clock;
    private final String location;

    public MemoryBlobStore(Clock clock) {
        this(clock, "memory:");
    }

    public MemoryBlobStore(Clock clock, String location) {
        this.clock = clock;
        this.location = location;
    }

    /// Another store with the same blobs, stored when these were.
    public MemoryBlobStore copy() {
        MemoryBlobStore copy = new MemoryBlobStore(clock);
        copy.blobs.putAll(blobs);
        return copy;
    }

    public List<BlobKey> keys() {
        return List.copyOf(blobs.keySet());
    }

    public byte[] bytes(BlobKey key) {
        Blob blob = blobs.get(key);
        if (blob == null) {
            throw new AssertionError("no blob " + key);
        }
        return blob.bytes().clone();
    }

    /// Keeps a blob from being deleted, or lets it go again.
    public void lock(BlobKey key, boolean keep) {
        boolean _ = keep ? locked.add(key) : locked.remove(key);
    }

    /// Replaces a blob, which no store does.
    public void tamper(BlobKey key, byte[] bytes) {
        blobs.put(key, new Blob(bytes.clone(), clock.instant()));
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public PutOutcome putIfAbsent(BlobKey key, byte[] content) {
        return blobs.putIfAbsent(key, new Blob(content.clone(), clock.instant())) == null
                ? PutOutcome.CREATED
                : PutOutcome.ALREADY_THERE;
    }

    @Override
    public BlobWriter newWriter(BlobKey key) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        return new BlobWriter() {
            @Override
            public void write(byte[] content, int offset, int length) {
                bytes.write(content, offset, length);
            }

            @Override
            public PutOutcome commit() {
                return putIfAbsent(key, bytes.toByteArray());
            }

            @Override
            public void close() {
                bytes.reset();
            }
        };
    }

    @Override
    public InputStream open(BlobKey key, ByteRange range) {
        Blob blob = blobs.get(key);
        if (blob == null) {
            throw BlobReads.missing(this, key);
        }
        if (blob.bytes().length < range.end()) {
            throw new CorruptDataException(
                    FailureCode.OBJECT_CORRUPT, "object '" + key + "' is shorter than " + range.end(), "Test.");
        }
        return new ByteArrayInputStream(blob.bytes(), (int) range.offset(), (int) range.length());
    }

    @Override
    public OptionalLong size(BlobKey key) {
        Blob blob = blobs.get(key);
        return blob == null ? OptionalLong.empty() : OptionalLong.of(blob.bytes().length);
    }

    @Override
    public BlobListing<BlobEntry> list(BlobPrefix prefix) {
        List<BlobEntry> entries = new ArrayList<>();
        blobs.forEach((key, blob) -> {
            if (key.value().startsWith(prefix.value())) {
                entries.add(new BlobEntry(key, blob.bytes().length, blob.storedAt()));
            }
        });
        return listing(entries.iterator());
    }

    @Override
    public BlobListing<String> listFolders(BlobPrefix prefix) {
        TreeSet<String> folders = new TreeSet<>();
        for (BlobKey key : blobs.keySet()) {
            int slash = key.value().startsWith(prefix.value())
                    ? key.value().indexOf('/', prefix.value().length())
                    : -1;
            if (slash > 0) {
                folders.add(key.value().substring(prefix.value().length(), slash));
            }
        }
        return listing(folders.iterator());
    }

    @Override
    public DeleteOutcome delete(BlobKey key) {
        if (locked.contains(key)) {
            return DeleteOutcome.RETAINED;
        }
        return blobs.remove(key) == null ? DeleteOutcome.ABSENT : DeleteOutcome.DELETED;
    }

    @Override
    public void close() {}

    private static <T> BlobListing<T> listing(Iterator<T> items) {
        return new BlobListing<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public T next() {
                return items.next();
            }

            @Override
            public void close() {}
        };
    }
}
