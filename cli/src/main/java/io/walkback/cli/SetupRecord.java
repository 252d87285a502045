package io.walkback.cli;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.postgres.setup.SetupStep;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What `wal setup --apply` changed and what there was before, in `setup/` of the user's configuration folder: one
/// line a step, texts in Base64. It lies here and not in the server, where a lesser role than a superuser could
/// bend what a superuser later runs. Never a password.
///
/// Written before the first step is done; steps of later runs are added, so that the oldest values are what comes
/// back.
final class SetupRecord {
    private static final String FIRST_LINE = "walkback wal setup 1";

    private final Path file;

    SetupRecord(Path configuration, DatabaseId database) {
        this.file = configuration.resolve("setup").resolve(database.value());
    }

    Path file() {
        return file;
    }

    /// The steps to take back, in the order in which they were done; empty where nothing was.
    List<SetupStep> read() {
        try {
            if (Files.notExists(file)) {
                return List.of();
            }
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty() || !lines.getFirst().equals(FIRST_LINE)) {
                throw unusable("it does not begin with '" + FIRST_LINE + "'", null);
            }
            return lines.stream().skip(1).map(this::step).toList();
        } catch (IOException fault) {
            throw unusable(fault.getClass().getSimpleName(), fault);
        }
    }

    /// Adds steps that are about to be done; of one that is there already the older one stays.
    void add(List<SetupStep> steps) {
        List<SetupStep> all = new ArrayList<>(read());
        Set<String> known = new HashSet<>();
        all.forEach(step -> known.add(about(step)));
        for (SetupStep step : steps) {
            if (known.add(about(step))) {
                all.add(step);
            } else if (step instanceof SetupStep.Setting setting) {
                // Ours now is the newer value, and what comes back is the oldest.
                all.replaceAll(old -> old instanceof SetupStep.Setting before
                                && about(before).equals(about(setting))
                        ? new SetupStep.Setting(setting.name(), setting.value(), before.before(), setting.restart())
                        : old);
            }
        }
        write(all);
    }

    /// Nothing is left to take back.
    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException fault) {
            throw unusable(fault.getClass().getSimpleName(), fault);
        }
    }

    private void write(List<SetupStep> steps) {
        List<String> lines = new ArrayList<>(List.of(FIRST_LINE));
        steps.forEach(step -> lines.add(line(step)));
        try {
            Path folder = Files.createDirectories(
                    file.toAbsolutePath().normalize().resolveSibling(""),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path staged = Files.createTempFile(
                    folder,
                    ".setup",
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(staged, lines);
            Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException fault) {
            throw unusable(fault.getClass().getSimpleName(), fault);
        }
    }

    /// What two steps have in common that do the same.
    private static String about(SetupStep step) {
        return switch (step) {
            case SetupStep.Setting setting -> "setting " + setting.name();
            case SetupStep.Role role -> "role " + role.name();
            case SetupStep.Replication grant -> "replication " + grant.role();
            case SetupStep.Monitor grant -> "monitor " + grant.role();
            case SetupStep.SwitchWal grant -> "switch " + grant.role();
            case SetupStep.Heartbeat row -> "heartbeat " + row.role();
        };
    }

    private static String line(SetupStep step) {
        return switch (step) {
            case SetupStep.Setting setting ->
                String.join(
                        "\t",
                        "setting",
                        packed(setting.name()),
                        packed(setting.value()),
                        setting.before() == null ? "-" : packed(setting.before()),
                        Boolean.toString(setting.restart()));
            case SetupStep.Role role -> "role\t" + packed(role.name());
            case SetupStep.Replication grant -> "replication\t" + packed(grant.role());
            case SetupStep.Monitor grant -> "monitor\t" + packed(grant.role());
            case SetupStep.SwitchWal grant -> "switch\t" + packed(grant.role());
            case SetupStep.Heartbeat row -> "heartbeat\t" + packed(row.role());
        };
    }

    private SetupStep step(String line) {
        String[] parts = line.split("\t", -1);
        try {
            return switch (parts[0]) {
                case "setting" ->
                    new SetupStep.Setting(
                            unpacked(parts[1]),
                            unpacked(parts[2]),
                            parts[3].equals("-") ? null : unpacked(parts[3]),
                            Boolean.parseBoolean(parts[4]));
                case "role" -> new SetupStep.Role(unpacked(parts[1]), null);
                case "replication" -> new SetupStep.Replication(unpacked(parts[1]));
                case "monitor" -> new SetupStep.Monitor(unpacked(parts[1]));
                case "switch" -> new SetupStep.SwitchWal(unpacked(parts[1]));
                case "heartbeat" -> new SetupStep.Heartbeat(unpacked(parts[1]));
                default -> throw unusable("a line of it is not understood", null);
            };
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException odd) {
            throw unusable("a line of it is not understood", odd);
        }
    }

    private static String packed(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String unpacked(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }

    private OperatorActionException unusable(String why, @Nullable Exception cause) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                "the record of what was set up, '" + file + "', cannot be used: " + why,
                "It keeps the values from before. Make it readable and writable for this account.",
                cause);
    }
}
