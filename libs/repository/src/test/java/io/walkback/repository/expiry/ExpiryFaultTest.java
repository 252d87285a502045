package io.walkback.repository.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.testing.FaultyBlobStore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each call of an expiry fails once, before or after it took effect; the next run ends as one without a fault.
class ExpiryFaultTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path work;

    private static final int DAYS = 9;

    private static void assertEndsWell(World world, World.Log log, List<BlobKey> wanted) throws Exception {
        world.follow(log);
        // What is kept restores although the run was cut off
        for (int day = 2; day <= DAYS; day++) {
            assertThat(world.lineage(world.memory).findBackup(World.id(day))).isPresent();
        }
        world.assertRestores(2);
        world.execute(world.memory, log);
        assertThat(log.expired).containsOnlyKeys(World.id(1));
        assertThat(world.memory.keys().stream()
                        .filter(key -> !key.value().startsWith("_probes"))
                        .toList())
                .hasSameSizeAs(wanted);
    }

    private static List<BlobKey> undisturbed(World begin) throws Exception {
        World world = begin.copy();
        world.execute(world.memory, new World.Log());
        return world.memory.keys();
    }

    @ParameterizedTest // pitfall 55
    @EnumSource(FaultyBlobStore.When.class)
    void endsAsWithoutAFaultWhicheverCallOfTheStoreFails(FaultyBlobStore.When when) throws Exception {
        World begin = World.of(work, DAYS);
        List<BlobKey> wanted = undisturbed(begin);
        FaultyBlobStore all = new FaultyBlobStore(begin.copy().memory, 0, when);
        begin.copy().execute(all, new World.Log());
        for (int call = 1; call <= all.calls(); call += 9) {
            World world = begin.copy();
            World.Log log = new World.Log();
            try {
                world.execute(new FaultyBlobStore(world.memory, call, when), log);
            } catch (RetryableException injected) {
                assertThat(injected).hasMessage("injected");
            }
            assertEndsWell(world, log, wanted);
        }
    }

    /// Dies at its nth word to the log, before or after the log has it.
    private static final class DyingLog implements ExpiryLog {
        private final World.Log inner;
        private final int dies;
        private final boolean after;
        private int said;

        DyingLog(World.Log inner, int dies, boolean after) {
            this.inner = inner;
            this.dies = dies;
            this.after = after;
        }

        private void say(Runnable word) {
            said++;
            if (said == dies && !after) {
                throw new RetryableException(FailureCode.BROKER_UNAVAILABLE, "injected", "Test.");
            }
            word.run();
            if (said == dies) {
                throw new RetryableException(FailureCode.BROKER_UNAVAILABLE, "injected", "Test.");
            }
        }

        @Override
        public Mark mark(BackupId backup) {
            say(() -> inner.mark(backup));
            return Mark.MARKED;
        }

        @Override
        public void expired(BackupId backup, String reason) {
            say(() -> inner.expired(backup, reason));
        }

        @Override
        public void walGoes(SystemIdentifier system, TimelineId timeline, Lsn from, Lsn to) {
            say(() -> inner.walGoes(system, timeline, from, to));
        }

        @Override
        public void requireHeld() {}
    }

    @Test // pitfall 55
    void endsAsWithoutAFaultWhereverItIsKilledBetweenLogAndStore() throws Exception {
        World begin = World.of(work, DAYS);
        List<BlobKey> wanted = undisturbed(begin);
        for (int word = 1; word <= 3; word++) {
            for (boolean after : new boolean[] {false, true}) {
                World world = begin.copy();
                World.Log log = new World.Log();
                try {
                    world.execute(world.memory, new DyingLog(log, word, after));
                    throw new AssertionError("it did not die");
                } catch (RetryableException injected) {
                    assertThat(injected).hasMessage("injected");
                }
                assertEndsWell(world, log, wanted);
            }
        }
    }
}
