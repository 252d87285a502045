package io.walkback.testkit.s3;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// What a [FakeS3] keeps: versions of objects, newest first, and uploads. Thread-safe, and each method is one step.
final class FakeBucket {
    /// An answer that is no success.
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refusal(int status, String code) {
            super(code);
            this.status = status;
        }

        int status() {
            return status;
        }

        String code() {
            return String.valueOf(getMessage());
        }
    }

    /// @param id random
    record Upload(
            String id, String key, Instant at, Map<String, String> headers, NavigableMap<Integer, byte[]> parts) {}

    private final Clock clock;
    private final boolean versioned;
    private final TreeMap<String, List<FakeObject>> objects = new TreeMap<>();
    private final TreeMap<String, Upload> uploads = new TreeMap<>();
    private long numbers;

    FakeBucket(Clock clock, boolean versioned) {
        this.clock = clock;
        this.versioned = versioned;
    }

    synchronized FakeObject put(String key, byte[] bytes, Map<String, String> headers, boolean onlyIfAbsent)
            throws Refusal {
        if (onlyIfAbsent && current(key).isPresent()) {
            throw new Refusal(412, "PreconditionFailed");
        }
        Optional<FakeObject.Lock> lock = Optional.ofNullable(headers.get("x-amz-object-lock-mode"))
                .map(mode ->
                        new FakeObject.Lock(mode, Instant.parse(headers.get("x-amz-object-lock-retain-until-date"))));
        return add(
                key,
                new FakeObject(
                        newVersion(), false, bytes.clone(), etag(bytes), clock.instant(), Map.copyOf(headers), lock));
    }

    private FakeObject add(String key, FakeObject object) {
        List<FakeObject> versions = objects.computeIfAbsent(key, _ -> new ArrayList<>());
        if (!versioned) {
            versions.clear();
        }
        versions.addFirst(object);
        return object;
    }

    private String newVersion() {
        return versioned ? "v" + ++numbers : "null";
    }

    synchronized Optional<FakeObject> current(String key) {
        List<FakeObject> versions = objects.getOrDefault(key, List.of());
        return versions.isEmpty() || versions.getFirst().marker() ? Optional.empty() : Optional.of(versions.getFirst());
    }

    synchronized FakeObject get(String key, Optional<String> version) throws Refusal {
        Optional<FakeObject> found = version.isEmpty()
                ? current(key)
                : objects.getOrDefault(key, List.of()).stream()
                        .filter(object -> object.version().equals(version.get()))
                        .findFirst();
        return found.orElseThrow(() -> new Refusal(404, version.isEmpty() ? "NoSuchKey" : "NoSuchVersion"));
    }

    synchronized void delete(String key, Optional<String> version) throws Refusal {
        if (version.isEmpty()) {
            if (versioned) {
                add(
                        key,
                        new FakeObject(
                                newVersion(), true, new byte[0], "", clock.instant(), Map.of(), Optional.empty()));
            } else {
                objects.remove(key);
            }
            return;
        }
        FakeObject object = get(key, version);
        if (object.lock().filter(lock -> lock.until().isAfter(clock.instant())).isPresent()) {
            throw new Refusal(403, "AccessDenied");
        }
        objects.getOrDefault(key, new ArrayList<>()).remove(object);
    }

    synchronized void lock(String key, String version, FakeObject.Lock lock) throws Refusal {
        FakeObject object = get(key, Optional.of(version));
        if (object.lock().filter(now -> now.until().isAfter(lock.until())).isPresent()) {
            throw new Refusal(403, "AccessDenied");
        }
        List<FakeObject> versions = objects.getOrDefault(key, new ArrayList<>());
        versions.set(versions.indexOf(object), object.withLock(Optional.of(lock)));
    }

    synchronized void unlock(String key) {
        objects.getOrDefault(key, new ArrayList<>()).replaceAll(object -> object.withLock(Optional.empty()));
    }

    /// Names below the prefix with their versions, newest first.
    synchronized NavigableMap<String, List<FakeObject>> below(String prefix) {
        TreeMap<String, List<FakeObject>> found = new TreeMap<>();
        objects.tailMap(prefix).forEach((key, versions) -> {
            if (key.startsWith(prefix) && !versions.isEmpty()) {
                found.put(key, List.copyOf(versions));
            }
        });
        return found;
    }

    synchronized Upload start(String key, Map<String, String> headers) {
        Upload upload = new Upload("u" + ++numbers, key, clock.instant(), Map.copyOf(headers), new TreeMap<>());
        uploads.put(upload.id(), upload);
        return upload;
    }

    synchronized String part(String upload, int number, byte[] bytes) throws Refusal {
        known(upload).parts().put(number, bytes.clone());
        return etag(bytes);
    }

    synchronized FakeObject complete(String upload, boolean onlyIfAbsent, int keep) throws Refusal {
        Upload known = known(upload);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        known.parts().values().forEach(all::writeBytes);
        byte[] bytes = all.toByteArray();
        FakeObject object = put(
                known.key(), keep < bytes.length ? Arrays.copyOf(bytes, keep) : bytes, known.headers(), onlyIfAbsent);
        uploads.remove(upload);
        return object;
    }

    synchronized void abort(String upload) throws Refusal {
        known(upload);
        uploads.remove(upload);
    }

    synchronized List<Upload> uploads() {
        return List.copyOf(uploads.values());
    }

    private Upload known(String upload) throws Refusal {
        Upload known = uploads.get(upload);
        if (known == null) {
            throw new Refusal(404, "NoSuchUpload");
        }
        return known;
    }

    static String etag(byte[] bytes) {
        try {
            return "\""
                    + HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes)) + "\"";
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
