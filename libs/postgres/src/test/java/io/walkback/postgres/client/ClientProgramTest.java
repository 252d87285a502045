package io.walkback.postgres.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.Secret;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.connection.SslMode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How programs are run, with a shell as the program; and how those of PostgreSQL are called.
@Timeout(60)
class ClientProgramTest {
    private static void run(String script, ClientProgram.Taker taker) throws InterruptedException {
        ClientProgram.run(shell(script), taker);
    }

    private static ClientCommand shell(String script) {
        return new ClientCommand(List.of("/bin/sh", "-c", script), Map.of("ONLY", "this"), "Look at it.");
    }

    private static String output(String script) throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        run(script, bytes::write);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void handsOverEveryByteAndNoVariableOfOurs() throws Exception {
        assertThat(output("echo $ONLY $HOME; cat")).isEqualTo("this\n");
        assertThat(output("head -c 3000000 /dev/zero")).hasSize(3_000_000);
    }

    @Test
    void aBadEndIsAFaultWithTheFirstThatItSaidAndNoMore() {
        assertThatThrownBy(() -> output("echo 'cannot read' >&2; echo more >&2; exit 3"))
                .isInstanceOfSatisfying(RetryableException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FailureCode.PROCESS_FAILED);
                    assertThat(fault.text()).isEqualTo("sh ended with 3: cannot read; more");
                });
        // More than a pipe holds: who does not listen would make it wait for ever.
        assertThatThrownBy(() -> output("echo first >&2; head -c 1000000 /dev/zero | tr '\\0' 'x' >&2; exit 1"))
                .satisfies(fault -> assertThat(((RetryableException) fault).text())
                        .startsWith("sh ended with 1: first; xxx")
                        .hasSizeLessThan(1600));
        assertThatThrownBy(() -> output("kill -9 $$")).hasMessageContaining("sh was ended by signal 9");
        assertThatThrownBy(() -> ClientProgram.run(
                        new ClientCommand(List.of("/no/such/program"), Map.of(), ""), (_, _, _) -> {}))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("'/no/such/program' cannot be started");
    }

    @Test // P11
    void whatAServerAddsToAnErrorIsLeftOutSinceItMayBeARow() {
        assertThatThrownBy(() -> output("""
            echo 'sh: error: could not execute query: ERROR:  a value is too long' >&2
            echo 'CONTEXT:  COPY people, line 3: "ann' >&2
            echo 's3cret"' >&2
            echo 'sh: error: another' >&2
            echo 'Command was: INSERT' >&2
            exit 1\
            """)).satisfies(fault -> assertThat(((RetryableException) fault).text())
                .isEqualTo("sh ended with 1: sh: error: could not execute query: ERROR:  a value is too long;"
                        + " sh: error: another"));
    }

    // One in twenty runs says "stream closed" instead where a later fault hides the first.
    @RepeatedTest(100)
    void aTakerThatFailsEndsTheProgramAndIsHeard() {
        IllegalStateException full = new IllegalStateException("the store is full");
        assertThatThrownBy(() -> run("yes", (_, _, _) -> {
                    throw full;
                }))
                .isSameAs(full);
    }

    @Test
    void aTakerThatIsSlowMakesTheProgramWait() throws Exception {
        // Given a taker that takes nothing for now, and a program that writes more than a pipe holds
        CountDownLatch go = new CountDownLatch(1);
        long[] count = new long[1];
        try (ClientProgram program = ClientProgram.start(shell("head -c 1000000 /dev/zero"), (_, _, length) -> {
            await().until(() -> go.getCount() == 0);
            count[0] += length;
        })) {
            // Then
            await().during(Duration.ofMillis(300)).until(program::isRunning);
            go.countDown();
            program.await();
        }
        assertThat(count[0]).isEqualTo(1_000_000);
    }

    @Test
    void anInterruptEndsAProgramThatSaysNothingAndOneWhoseTakerWaits() throws Exception {
        for (ClientProgram.Taker taker : List.<ClientProgram.Taker>of((_, _, _) -> {}, (_, _, _) -> forever())) {
            CompletableFuture<Void> result = new CompletableFuture<>();
            Thread thread = Thread.ofVirtual().start(() -> {
                try {
                    run("echo x; exec sleep 1000", taker);
                    result.complete(null);
                } catch (Throwable fault) {
                    result.completeExceptionally(fault);
                }
            });
            await().until(() -> sleeping() == 1);
            // When
            thread.interrupt();
            // Then
            assertThatThrownBy(() -> result.get(5, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            await().atMost(Duration.ofSeconds(5)).until(() -> sleeping() == 0);
        }
    }

    private static void forever() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static long sleeping() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains("sleep 1000"))
                .count();
    }

    @Test
    void feedsAProgramAsFarAsItReadsAndTellsWhatItSaid() throws Exception {
        // Given
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // When
        String said = ClientProgram.feed(
                shell("head -c 3; echo 'a warning' >&2"), input -> input.write(new byte[5_000_000]), bytes::write);
        // Then
        assertThat(said).isEqualTo("a warning");
        assertThat(bytes.toByteArray()).hasSize(3);
    }

    @Test
    void aSourceThatFailsEndsTheProgramAndIsHeard() {
        IllegalStateException damaged = new IllegalStateException("a damaged pack");
        assertThatThrownBy(() -> ClientProgram.feed(
                        shell("cat"),
                        input -> {
                            input.write(new byte[100_000]);
                            throw damaged;
                        },
                        (_, _, _) -> {}))
                .isSameAs(damaged);
    }

    @Test
    void anInterruptEndsAProgramThatReadsNothing() throws Exception {
        // Given
        CompletableFuture<String> result = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                result.complete(ClientProgram.feed(
                        shell("exec sleep 1000"), input -> input.write(new byte[1_000_000]), (_, _, _) -> {}));
            } catch (Throwable fault) {
                result.completeExceptionally(fault);
            }
        });
        await().until(() -> sleeping() == 1);
        // When
        thread.interrupt();
        // Then
        assertThatThrownBy(() -> result.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(InterruptedException.class);
        await().atMost(Duration.ofSeconds(5)).until(() -> sleeping() == 0);
    }

    @Test // P11
    void thePasswordIsInTheEnvironmentOfTheChildAndInNoArgument() {
        // Given
        ClientLogin login = new ClientLogin(new PostgresTarget(
                "db1", 5433, "it's", "ann", new Secret("s3cret"), SslMode.VERIFY_FULL, Path.of("/ca.pem"), null, null));
        // When
        List<String> arguments = login.command(Path.of("/bin15/pg_dump"));
        Map<String, String> environment = login.environment(
                Map.of("HOME", "/root", "PGHOST", "elsewhere", "PGOPTIONS", "-c x=y", "WALKBACK_TOKEN", "t"), "me");
        // Then
        assertThat(arguments)
                .containsExactly("/bin15/pg_dump", "--no-password", "--host=db1", "--port=5433", "--username=ann");
        assertThat(ClientLogin.connection("a=b 'c' \\d")).startsWith("dbname='a=b \\'c\\' \\\\d' keepalives_idle=60 ");
        assertThat(environment)
                .containsEntry("PGPASSWORD", "s3cret")
                .containsEntry("PGSSLMODE", "verify-full")
                .containsEntry("PGSSLROOTCERT", "/ca.pem")
                .containsEntry("PGAPPNAME", "me")
                .containsEntry("HOME", "/root")
                .doesNotContainKeys("PGHOST", "PGOPTIONS", "WALKBACK_TOKEN");
        assertThat(new ClientCommand(arguments, environment, "hint").toString()).doesNotContain("s3cret");
    }
}
