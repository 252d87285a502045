package io.walkback.tail;

import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.wal.SealedPieces;
import io.walkback.repository.wal.WalPiece;
import java.util.UUID;

/// One record of a tail; its seal is not opened yet.
public final class TailRecord {
    private final long offset;
    private final UUID writer;
    private final SealedPieces.Name name;
    private final byte[] sealed;

    /// @param writer the [TailWriter#id] of its writer
    /// @param sealed as [SealedPieces] made it; [io.walkback.domain.CorruptDataException] where it is no piece
    public TailRecord(long offset, UUID writer, byte[] sealed) {
        this.offset = offset;
        this.writer = writer;
        this.name = SealedPieces.nameOf(sealed);
        this.sealed = sealed;
    }

    /// Where it is in the topic.
    public long offset() {
        return offset;
    }

    /// The [TailWriter] that wrote it, as the record says.
    public UUID writer() {
        return writer;
    }

    /// The cluster whose WAL it says to hold.
    public SystemIdentifier system() {
        return name.system();
    }

    /// The place in the WAL that it says to hold.
    public WalPiece piece() {
        return name.piece();
    }

    /// Its bytes, every one of them checked; [io.walkback.domain.CorruptDataException] where they are not what it
    /// says.
    public byte[] open(SealedPieces pieces) {
        return pieces.open(piece(), sealed);
    }
}
