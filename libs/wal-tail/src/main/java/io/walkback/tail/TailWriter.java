package io.walkback.tail;

import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.wal.SealedPieces;
import io.walkback.repository.wal.WalPiece;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// Writes what one connection receives of one timeline to the tail. [#append] comes on one thread; what came while
/// one batch was sealed becomes the next, so the batches grow with the load. Holds 4 MiB, and the producer 8 MiB
/// more.
///
/// Where the server is faster than the brokers it waits. Where they are away for longer than the memory lasts and a
/// second more, bytes are left out, nothing waits any more, and writing goes on behind them as soon as the brokers
/// answer: the repository gets all of them anyway. Nothing is told to be durable that is not.
public final class TailWriter implements AutoCloseable {
    /// What is told; calls come on threads of the producer and of this writer, and must not wait.
    public interface Listener {
        /// The brokers have this part. Parts come in order, without the lost ones.
        void durable(Lsn from, Lsn to);

        /// The brokers do not have this part, or cannot be relied on to have it, and it is not sent again.
        void lost(Lsn from, Lsn to, Exception cause);
    }

    static final String WRITER = "writer";

    private static final int ROOM = 4 << 20;
    /// A broker that answers makes room in less, also on a machine that has much else to do.
    private static final Duration FOR_ROOM = Duration.ofSeconds(1);
    private static final Duration AFTER_A_FAULT = Duration.ofSeconds(1);
    /// What is not acknowledged by then is not waited for: whoever comes next finds it in the topic, or asks the
    /// server again.
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final SealedPieces pieces;
    private final TimelineId timeline;
    private final int segmentSize;
    private final Listener listener;
    private final UUID id = UUID.randomUUID();
    private final byte[] idBytes;
    private final Thread sender;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /// Guarded by the lock, as is what follows. The byte at LSN n is at n modulo its length.
    private final byte[] ring = new byte[ROOM];

    private Lsn first = Lsn.INVALID;
    private Lsn end = Lsn.INVALID;
    private boolean ended;

    /// @param producer closed with this
    TailWriter(
            Producer<byte[], byte[]> producer, String topic, Lineage lineage, TimelineId timeline, Listener listener) {
        this.producer = producer;
        this.topic = topic;
        this.pieces = new SealedPieces(lineage);
        this.timeline = timeline;
        this.segmentSize = lineage.geometry().walSegmentSize();
        this.listener = listener;
        this.idBytes = ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        this.sender = Thread.ofPlatform().daemon().name("wal-tail-" + topic).start(this::send);
    }

    /// What its records say that their writer is.
    public UUID id() {
        return id;
    }

    /// Takes the bytes from `from` on, 1 MiB at most; they are copied. Waits a second for room, and leaves them out
    /// where there is none then, and all that follow until everything before them is sent or lost; and once it was
    /// closed, or a fault that nobody expects has ended its thread.
    ///
    /// @return whether they were taken
    public boolean append(Lsn from, byte[] bytes, int offset, int length) {
        lock.lock();
        try {
            if (first.equals(end)) {
                first = from;
                end = from;
            }
            if (ended || !from.equals(end) || !awaitRoom(length)) {
                return false;
            }
            int at = place(from);
            int before = Math.min(length, ROOM - at);
            System.arraycopy(bytes, offset, ring, at, before);
            System.arraycopy(bytes, offset + before, ring, 0, length - before);
            end = from.plus(length);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitRoom(int length) {
        long left = FOR_ROOM.toNanos();
        try {
            while (length > ROOM - end.minus(first)) {
                if (left <= 0 || ended) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException _) {
            // Whoever receives ends; it finds out by itself.
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static int place(Lsn position) {
        return (int) Long.remainderUnsigned(position.bytes(), ROOM);
    }

    /// Whether it takes nothing any more: it was closed, or a fault has ended its thread.
    public boolean isOver() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private void send() {
        byte[] batch = new byte[SealedPieces.LONGEST];
        try {
            for (WalPiece piece = next(batch); piece != null; piece = next(batch)) {
                if (!send(piece, batch)) {
                    pause();
                }
            }
        } catch (InterruptedException _) {
            // Closed while the brokers were away.
            Thread.currentThread().interrupt();
        } finally {
            // Whatever ended it, nobody may wait for it.
            end();
        }
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Copies what is there, up to the end of its segment; null at the end.
    private @Nullable WalPiece next(byte[] batch) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (first.equals(end)) {
                if (ended) {
                    return null;
                }
                changed.await();
            }
            WalSegment segment = WalSegment.containing(timeline, first, segmentSize);
            Lsn to = Lsn.min(Lsn.min(end, segment.end()), first.plus(batch.length));
            int length = (int) to.minus(first);
            int at = place(first);
            int before = Math.min(length, ROOM - at);
            System.arraycopy(ring, at, batch, 0, before);
            System.arraycopy(ring, 0, batch, before, length - before);
            WalPiece piece = new WalPiece(segment, first, to);
            first = to;
            changed.signalAll();
            return piece;
        } finally {
            lock.unlock();
        }
    }

    private boolean send(WalPiece piece, byte[] batch) {
        try {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, 0, null, pieces.seal(piece, batch, 0));
            record.headers().add(WRITER, idBytes);
            var _ = producer.send(record, (_, fault) -> {
                if (fault == null) {
                    listener.durable(piece.from(), piece.to());
                } else {
                    listener.lost(piece.from(), piece.to(), fault);
                }
            });
            return true;
        } catch (KafkaException | PlatformException fault) {
            listener.lost(piece.from(), piece.to(), fault);
            return false;
        }
    }

    private void pause() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = AFTER_A_FAULT.toNanos();
            while (left > 0 && !ended) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Sends what was appended, for as long as that takes the brokers 5 seconds at most.
    @Override
    public void close() {
        end();
        long deadline = System.nanoTime() + CLOSING.toNanos();
        boolean interrupted = !join(CLOSING);
        if (sender.isAlive()) {
            sender.interrupt();
        }
        producer.close(Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(1), deadline - System.nanoTime())));
        interrupted |= !join(CLOSING);
        pieces.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean join(Duration patience) {
        try {
            var _ = sender.join(patience);
            return true;
        } catch (InterruptedException _) {
            return false;
        }
    }
}
