package io.walkback.restore.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.SmallRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpFilesTest {
    private static final RestoreProgress QUIET = (_, _, _, _) -> {};

    @TempDir
    Path folder;

    private SmallRepository backups;

    @BeforeEach
    void open() {
        backups = SmallRepository.in(folder);
    }

    @AfterEach
    void close() {
        backups.close();
    }

    private Optional<DumpFiles> find(String id) {
        return DumpFiles.find(backups.repository, SmallRepository.SHOP, new BackupId(id));
    }

    private DumpFiles dumped(String id) {
        backups.dump(id, 0);
        return find(id).orElseThrow();
    }

    @Test // P4
    void writesEveryFileForThisAccountAlone() throws Exception {
        // Given
        DumpFiles dump = dumped("l1");
        Path target = folder.resolve("out");
        // When
        dump.write(target, QUIET);
        // Then
        assertThat(target.resolve("globals.sql")).hasContent("--");
        assertThat(target.resolve("dbnames/5.dump")).hasSize(3_000_000);
        try (Stream<Path> all = Files.walk(target)) {
            assertThat(all).hasSize(4).allSatisfy(path -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
        assertThat(dump.dump().dbnames().getFirst().name()).isEqualTo("shop");
    }

    @Test
    void findsLogicalBackupsOnly() {
        backups.commit("b1", 0);
        backups.dump("l1", 1);
        assertThat(find("l1")).isPresent();
        assertThat(find("b1")).isEmpty();
        assertThat(find("b9")).isEmpty();
        assertThat(DumpFiles.find(backups.repository, new DatabaseId("other"), new BackupId("l1")))
                .isEmpty();
    }

    @Test
    void writesOverNothing() throws Exception {
        // Given
        DumpFiles dump = dumped("l1");
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.writeString(full.resolve("mine"), "x");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        // Then
        for (Path taken : new Path[] {full, full.resolve("mine")}) {
            assertThatThrownBy(() -> dump.write(taken, QUIET))
                    .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.code())
                            .isEqualTo(FailureCode.TARGET_NOT_EMPTY));
        }
        assertThat(full).isDirectoryNotContaining(path -> !path.endsWith("mine"));
        dump.write(empty, QUIET);
        assertThat(empty).isDirectoryContaining(path -> path.endsWith("globals.sql"));
    }

    @Test // P3
    void aDamagedByteLeavesNoFileThatLooksWhole() throws Exception {
        // Given
        DumpFiles dump = dumped("l1");
        damagePack();
        // When
        assertThatThrownBy(() -> dump.write(folder.resolve("out"), QUIET))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("/packs/");
        // Then
        assertThat(folder.resolve("out/dbnames/5.dump")).doesNotExist();
    }

    private void damagePack() throws IOException {
        Path pack;
        try (Stream<Path> files = Files.walk(folder.resolve("repository"))) {
            pack = files.filter(file -> file.toString().contains("/packs/") && Files.isRegularFile(file))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(pack);
        bytes[bytes.length / 2] ^= 1;
        Files.delete(pack);
        Files.write(pack, bytes);
    }
}
