package io.walkback.messaging.registry;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one registry said, kept on disk: `<state>/schema-registry/<registry>/id-<id>.avsc` and
/// `subject-<subject>-<fingerprint>.id`. Another registry numbers otherwise and so has a directory of its own.
///
/// Files are small, written whole beside their name, forced, and moved into place, so that a crash leaves the old
/// file, the new one, or none. Several processes may share the directory. A file that cannot be read or written
/// costs a question to the registry and a warning, nothing else.
final class SchemaFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaFiles.class);

    private final Path directory;

    SchemaFiles(Path stateDirectory, URI registry) {
        this.directory = stateDirectory.resolve("schema-registry").resolve(nameOf(registry));
    }

    Optional<Schema> schema(int id) {
        return read("id-" + Integer.toUnsignedString(id) + ".avsc").flatMap(text -> {
            try {
                return Optional.of(new Schema.Parser().parse(text));
            } catch (SchemaParseException damaged) {
                LOG.atWarn().addKeyValue("schemaId", id).setCause(damaged).log("remembered schema is damaged");
                return Optional.empty();
            }
        });
    }

    void remember(int id, Schema schema) {
        write("id-" + Integer.toUnsignedString(id) + ".avsc", schema.toString());
    }

    Optional<Integer> id(String subject, long fingerprint) {
        return read(subjectFile(subject, fingerprint)).flatMap(text -> {
            try {
                return Optional.of(Integer.parseInt(text.strip()));
            } catch (NumberFormatException damaged) {
                LOG.atWarn().addKeyValue("subject", subject).setCause(damaged).log("remembered schema id is damaged");
                return Optional.empty();
            }
        });
    }

    void remember(String subject, long fingerprint, int id) {
        write(subjectFile(subject, fingerprint), Integer.toString(id));
    }

    private static String subjectFile(String subject, long fingerprint) {
        // Kafka allows letters, digits, '.', '_' and '-' in topic names, so a subject is safe as a file name.
        if (!subject.matches("[A-Za-z0-9._-]{1,255}")) {
            throw new IllegalArgumentException("not a subject: '" + subject + "'");
        }
        return "subject-" + subject + "-" + HexFormat.of().toHexDigits(fingerprint) + ".id";
    }

    private Optional<String> read(String name) {
        try {
            return Optional.of(Files.readString(directory.resolve(name)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException unreadable) {
            LOG.atWarn().addKeyValue("file", name).setCause(unreadable).log("remembered schema cannot be read");
            return Optional.empty();
        }
    }

    private void write(String name, String content) {
        try {
            Files.createDirectories(directory);
            Path partial = Files.createTempFile(directory, name, ".tmp");
            try {
                try (FileChannel file = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                    ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
                    while (bytes.hasRemaining()) {
                        file.write(bytes);
                    }
                    file.force(true);
                }
                Files.move(
                        partial,
                        directory.resolve(name),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException unwritable) {
            LOG.atWarn()
                    .addKeyValue("file", name)
                    .setCause(unwritable)
                    .log("schema could not be remembered, a restart without the registry would fail");
        }
    }

    private static String nameOf(URI registry) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(registry.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
