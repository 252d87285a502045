package io.walkback.backup;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// A store that can be away: every call on it, and on writers that were begun before, then fails as a store does
/// that nobody can reach. Thread-safe.
public final class StoreOutage implements UnaryOperator<BlobStore> {
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean away;

    @Override
    public BlobStore apply(BlobStore store) {
        return around(BlobStore.class, store);
    }

    public void begin() {
        refused.set(0);
        away = true;
    }

    public void end() {
        away = false;
    }

    /// How many calls failed since it began.
    public int refused() {
        return refused.get();
    }

    private <T> T around(Class<T> type, T inner) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
                    if (away && !method.getName().equals("close")) {
                        refused.incrementAndGet();
                        throw new RetryableException(
                                FailureCode.STORE_UNAVAILABLE, "the store is away", "A test took it away.");
                    }
                    try {
                        Object answer = method.invoke(inner, arguments);
                        return answer instanceof BlobWriter writer ? around(BlobWriter.class, writer) : answer;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                }));
    }
}
