package io.walkback.postgres.control;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// `global/pg_control` of PostgreSQL 15 to 18, its CRC checked.
///
/// The file has 8192 bytes; the struct at its start changes with `pg_control_version`: 1300 (PostgreSQL 13 to 16),
/// 1700 (a `wal_level` in what was padding of the checkpoint, so nothing moves) and 1800 (one byte more before the
/// nonce). Layout: `src/include/catalog/pg_control.h`, little-endian with the alignment of a 64-bit machine.
///
/// ```
///   0 system identifier u64   8 version u32   12 catalog u32   16 state i32   24 time i64   32 checkpoint u64
///  40 redo u64   48 timeline u32   52 previous timeline u32   56 full_page_writes   64 next xid u64   104
///  checkpoint
/// time i64 136 minRecoveryPoint u64   144 its timeline u32   152 backupStart u64   160 backupEnd u64   168
/// backupEndRequired 172 wal_level i32   216 block size u32   220 segment pages u32   224 WAL block u32   228 WAL
/// segment u32 252 data checksum version u32   288 (1300, 1700) or 292 (1800): CRC32C of all before
/// ```
///
/// @param systemIdentifier        what initdb drew
/// @param controlVersion          1300, 1700 or 1800
/// @param catalogVersion          `2022...`, one per major
/// @param state                   what the server was doing
/// @param modified                when the file was written
/// @param checkpoint              the latest checkpoint's record
/// @param redo                    where recovery from it begins
/// @param timeline                of the checkpoint
/// @param previousTimeline        the one before, the same unless the checkpoint ended a recovery
/// @param checkpointTime          when it began
/// @param nextTransaction         64 bits, the epoch above
/// @param minRecoveryPoint        a standby is consistent from here on; `0/0` on a primary
/// @param minRecoveryTimeline     of that, null with it
/// @param backupStart             set while a restored backup has not reached its end
/// @param backupEnd               likewise, for a backup of a standby
/// @param backupEndRequired       recovery must see the end of the backup in the WAL
/// @param blockSize               8192 or we refuse it elsewhere
/// @param pagesPerSegment         of a relation's files, 131072
/// @param walBlockSize            8192
/// @param walSegmentSize          a power of two from 1 MiB to 1 GiB
/// @param dataChecksumVersion     0: off, 1: on
public record ControlFile(
        SystemIdentifier systemIdentifier,
        int controlVersion,
        int catalogVersion,
        ClusterState state,
        Instant modified,
        Lsn checkpoint,
        Lsn redo,
        TimelineId timeline,
        TimelineId previousTimeline,
        Instant checkpointTime,
        long nextTransaction,
        Lsn minRecoveryPoint,
        @Nullable TimelineId minRecoveryTimeline,
        Lsn backupStart,
        Lsn backupEnd,
        boolean backupEndRequired,
        int blockSize,
        int pagesPerSegment,
        int walBlockSize,
        int walSegmentSize,
        int dataChecksumVersion) {
    /// The file's length, whatever the version.
    public static final int FILE_SIZE = 8192;

    /// Parses the file. A wrong CRC is [CorruptDataException] (`OBJECT_CORRUPT`): of a live server, read it again,
    /// the read may be torn. An unknown version is [OperatorActionException] (`POSTGRES_VERSION`).
    public static ControlFile parse(byte[] file) {
        if (file.length < 296) {
            throw corrupt("has only " + file.length + " bytes");
        }
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int version = bytes.getInt(8);
        int crcAt =
                switch (version) {
                    case 1300, 1700 -> 288;
                    case 1800 -> 292;
                    default ->
                        throw new OperatorActionException(
                                FailureCode.POSTGRES_VERSION,
                                "pg_control has version " + version + ", not 1300, 1700 or 1800",
                                "Walkback protects PostgreSQL 15 to 18 on little-endian machines.");
                };
        CRC32C crc = new CRC32C();
        crc.update(file, 0, crcAt);
        if ((int) crc.getValue() != bytes.getInt(crcAt)) {
            throw corrupt("does not match its crc");
        }
        ClusterState state =
                ClusterState.of(bytes.getInt(16)).orElseThrow(() -> corrupt("has state " + bytes.getInt(16)));
        int minRecoveryTimeline = bytes.getInt(144);
        return new ControlFile(
                new SystemIdentifier(bytes.getLong(0)),
                version,
                bytes.getInt(12),
                state,
                Instant.ofEpochSecond(bytes.getLong(24)),
                new Lsn(bytes.getLong(32)),
                new Lsn(bytes.getLong(40)),
                new TimelineId(bytes.getInt(48)),
                new TimelineId(bytes.getInt(52)),
                Instant.ofEpochSecond(bytes.getLong(104)),
                bytes.getLong(64),
                new Lsn(bytes.getLong(136)),
                minRecoveryTimeline == 0 ? null : new TimelineId(minRecoveryTimeline),
                new Lsn(bytes.getLong(152)),
                new Lsn(bytes.getLong(160)),
                bytes.get(168) != 0,
                bytes.getInt(216),
                bytes.getInt(220),
                bytes.getInt(224),
                bytes.getInt(228),
                bytes.getInt(252));
    }

    public boolean dataChecksums() {
        return dataChecksumVersion != 0;
    }

    private static CorruptDataException corrupt(String what) {
        return new CorruptDataException(
                FailureCode.OBJECT_CORRUPT,
                "pg_control " + what,
                "Read it again if the server runs; otherwise this is not a data directory that can start.");
    }
}
