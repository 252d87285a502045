package io.walkback.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FatalFaultTest {
    @Test
    void endsTheProcessOnceOnAnotherThread() throws Exception {
        // Given
        BlockingQueue<Thread> ends = new LinkedBlockingQueue<>(2);
        FatalFault fatal = new FatalFault(() -> ends.add(Thread.currentThread()));
        assertThat(fatal.happened()).isFalse();
        // When
        fatal.accept(new OutOfMemoryError("first"));
        fatal.accept(new IllegalStateException("second"));
        // Then
        assertThat(ends.poll(20, TimeUnit.SECONDS)).isNotNull().isNotEqualTo(Thread.currentThread());
        assertThat(ends.poll(200, TimeUnit.MILLISECONDS)).isNull();
        assertThat(fatal.happened()).isTrue();
    }
}
