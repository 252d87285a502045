package io.walkback.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.IClassCoverage;
import org.jacoco.core.tools.ExecFileLoader;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lines that a test of any module ran, over all modules together. Classes that Avro generated are not ours to
/// test.
class CoverageIT {
    private static final Logger LOG = LoggerFactory.getLogger(CoverageIT.class);
    private static final double LEAST = 0.80;

    @Test
    void coversFourOfFiveLines() throws IOException {
        ExecFileLoader ran = new ExecFileLoader();
        for (Path each : Modules.coverage()) {
            ran.load(each.toFile());
        }
        long covered = 0;
        long lines = 0;
        for (Path module : Modules.classes()) {
            CoverageBuilder builder = new CoverageBuilder();
            new Analyzer(ran.getExecutionDataStore(), builder).analyzeAll(module.toFile());
            long coveredHere = 0;
            long linesHere = 0;
            for (IClassCoverage type : builder.getClasses()) {
                if (!type.getPackageName().startsWith("io/walkback/schemas/avro")) {
                    coveredHere += type.getLineCounter().getCoveredCount();
                    linesHere += type.getLineCounter().getTotalCount();
                }
            }
            covered += coveredHere;
            lines += linesHere;
            LOG.atInfo().log("{}: {} of {} lines", Modules.nameOf(module), coveredHere, linesHere);
        }
        assertThat(lines)
                .as("lines found; run the whole build before this module")
                .isGreaterThan(2000);
        LOG.atInfo().log("all modules: {} of {} lines", covered, lines);
        assertThat((double) covered / lines).as("line coverage of all modules").isGreaterThanOrEqualTo(LEAST);
    }
}
