package io.walkback.repository.s3;

import static io.walkback.repository.s3.FaultyStore.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.testkit.s3.S3Fault;
import io.walkback.testkit.s3.S3Operation;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class F23StoreDownFaultTest {
    @Test
    void aStoreThatIsDownForHoursFailsARequestWithinItsBudgetAndWorksAgainAfterwards() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            // Given
            it.server.script(S3Operation.PUT, 1_000, new S3Fault.Answer(503, "ServiceUnavailable"));
            // When
            assertThatThrownBy(() -> it.store.putIfAbsent(KEY, new byte[1]))
                    .isInstanceOf(RetryableException.class)
                    .hasMessageContaining("attempts in")
                    .hasMessageContaining("503 ServiceUnavailable")
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.STORE_UNAVAILABLE);
            // Then
            assertThat(it.time.paused()).isBetween(Duration.ofMinutes(14), Duration.ofMinutes(15));
            it.server.heal();
            assertThat(it.store.putIfAbsent(KEY, new byte[1])).isEqualTo(PutOutcome.CREATED);
        }
    }

    @Test
    void aStoreThatCannotBeReachedIsSaidSoWithinSecondsWhenItIsOpened() {
        PassingTime time = new PassingTime();
        assertThatThrownBy(() -> S3Connection.open(
                        // Nobody listens on port 1.
                        Stores.settings(URI.create("http://127.0.0.1:1"), "backups", ""),
                        S3Patience.standard(),
                        time,
                        Clock.systemUTC(),
                        Stores::credentials))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("opening the bucket");
        assertThat(time.paused()).isLessThan(Duration.ofSeconds(15));
    }
}
