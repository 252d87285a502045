package io.walkback.quality;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final String[] SERVICES = {
        "io.walkback.scheduler..", "io.walkback.backup..", "io.walkback.restore..", "io.walkback.alerting.."
    };
    private static JavaClasses all = new ClassFileImporter().importPackages("io.walkback.quality.none");

    @BeforeAll
    static void readWhatWasBuilt() {
        all = new ClassFileImporter().importPaths(Modules.classes());
        assertThat(all.size())
                .as("classes found; run the whole build before this module")
                .isGreaterThan(200);
    }

    @Test
    void keepsDomainAndRepositoryPlainJava() {
        noClasses()
                .that()
                .resideInAnyPackage("io.walkback.domain..", "io.walkback.repository..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..", "org.apache.kafka..", "org.apache.avro..", "org.postgresql..")
                .check(all);
    }

    @Test
    void letsOnlyTheStoreForBucketsAndTheKeysInKmsSeeAws() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.walkback.aws..", "io.walkback.repository.s3..", "io.walkback.keys.kms..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon..")
                .check(all);
    }

    @Test
    void letsOnlyMessagingCatalogAndSchemasSeeAvro() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.walkback.schemas..", "io.walkback.messaging..", "io.walkback.catalog..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.walkback.schemas.avro..")
                .check(all);
        // The demo reads the catalog as a stranger would: generic Avro, and no class that we generated.
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.walkback.schemas..",
                        "io.walkback.messaging..",
                        "io.walkback.catalog..",
                        "io.walkback.standalone.demo..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.avro..")
                .check(all);
    }

    @Test
    void keepsServicesApart() {
        for (String service : SERVICES) {
            for (String other : SERVICES) {
                if (!service.equals(other)) {
                    noClasses()
                            .that()
                            .resideInAPackage(service)
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage(other)
                            .allowEmptyShould(true)
                            .check(all);
                }
            }
        }
    }

    @Test
    void takesTimeFromAClock() {
        noClasses().should().callMethod(Instant.class, "now").check(all);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(all);
    }

    @Test
    void writesToStandardStreamsInTheCommandLineOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.walkback.cli..", "io.walkback.standalone..", "io.walkback.formatting..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(all);
    }

    @Test
    void hasNoCyclesBetweenPackages() {
        slices().matching("io.walkback.(*).(*)..").should().beFreeOfCycles().check(all);
    }

    @Test
    void keepsUtilityPackagesOut() {
        classes()
                .should()
                .resideOutsideOfPackages("..util..", "..common..", "..helper..", "..impl..")
                .check(all);
    }

    @Test
    void saysInEveryPackageWhatItPromises() {
        assertThat(all)
                .filteredOn(type -> !type.getPackageName().startsWith("io.walkback.schemas.avro"))
                .allSatisfy(type -> assertThat(Modules.classes())
                        .as("package-info of %s", type.getPackageName())
                        .anyMatch(root -> Files.exists(packageInfo(root, type.getPackageName()))));
    }

    private static Path packageInfo(Path root, String packageName) {
        Path sources = Objects.requireNonNull(
                        Objects.requireNonNull(root.getParent()).getParent())
                .resolve("src/main/java");
        return sources.resolve(packageName.replace('.', '/')).resolve("package-info.java");
    }
}
