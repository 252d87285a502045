package io.walkback.backup.wal;

import io.walkback.domain.Lsn;
import io.walkback.domain.RetryableException;
import io.walkback.postgres.replication.WalSink;
import io.walkback.postgres.replication.WalStream;
import io.walkback.postgres.replication.WalStreamEnd;
import io.walkback.postgres.wal.WalRecordReader;
import io.walkback.postgres.wal.WalSource;
import io.walkback.tail.TailWriter;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// WAL of one timeline into the tail and nowhere else: what comes is checked, and what the brokers have without a
/// hole is told. What they do not take ends it, and nothing behind a hole is told to be durable. For one connection
/// and one thread; [#stop] may come from any.
final class TailStream {
    /// Who wants it.
    interface Owner {
        /// Everything before `end` is on the in-sync brokers.
        default void durable(Lsn end) {}

        /// The server's WAL reaches to `end`, and this stream has come to `received`. What is thrown ends it.
        void heard(Lsn end, Lsn received);

        /// What the end is called when the brokers do not take what begins at `from`.
        ///
        /// @param cause null where they are too slow
        RetryableException notTaken(Lsn from, @Nullable Exception cause);
    }

    private final WalStream stream;
    private final WalSource source;
    private final Lsn begin;
    private final Owner owner;
    private final DurablePrefix safe;
    private final AtomicReference<@Nullable Exception> lost = new AtomicReference<>();
    private boolean streamed;

    /// @param begin where the stream begins; everything before it is durable
    TailStream(WalStream stream, WalSource source, Lsn begin, Owner owner) {
        this.stream = stream;
        this.source = source;
        this.begin = begin;
        this.owner = owner;
        this.safe = new DurablePrefix(begin);
    }

    /// Whether it ever received something.
    boolean streamed() {
        return streamed;
    }

    /// Ends it in an orderly way.
    void stop() {
        stream.stop();
    }

    /// Streams until the server or somebody ends it; throws what [Owner#notTaken] says where the brokers do, also
    /// when that is found out last, while the writer is closed.
    WalStreamEnd run(Function<TailWriter.Listener, TailWriter> writers) {
        WalStreamEnd end;
        try (TailWriter writer = writers.apply(new Written())) {
            WalRecordReader reader = new WalRecordReader(source, begin, _ -> {});
            end = stream.run(new WalSink() {
                @Override
                public void data(Lsn start, byte[] buffer, int offset, int length) {
                    reader.accept(start, buffer, offset, length);
                    if (!writer.append(start, buffer, offset, length)) {
                        throw owner.notTaken(safe.end(), lost.get());
                    }
                    streamed = true;
                }

                @Override
                public void serverPosition(Lsn position) {
                    owner.heard(position, stream.received());
                }
            });
        }
        Exception cause = lost.get();
        if (cause != null) {
            throw owner.notTaken(safe.end(), cause);
        }
        return end;
    }

    private final class Written implements TailWriter.Listener {
        @Override
        public void durable(Lsn from, Lsn to) {
            Lsn prefix = safe.add(from, to);
            stream.advance(prefix, prefix);
            owner.durable(prefix);
        }

        @Override
        public void lost(Lsn from, Lsn to, Exception cause) {
            if (lost.compareAndSet(null, cause)) {
                stream.stop();
            }
        }
    }
}
