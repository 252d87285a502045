package io.walkback.postgres.replication;

/// Takes a base backup as it arrives. Every call comes on the thread that called
/// [ReplicationConnection#baseBackup], and the server waits while one runs, so a sink that is slow slows the
/// server down.
///
/// ```
/// started (archiveStarted archiveData* archiveEnded)+ manifestStarted manifestData* manifestEnded
/// ```
///
/// Which archive comes first is the server's choice; `base.tar` has no tablespace. `progress` may come between any
/// two calls about data. What a sink throws cuts the connection and reaches the caller unchanged. A backup is whole
/// only when `baseBackup` returns; all these calls may have happened and the server may still refuse.
public interface BaseBackupSink {
    /// The checkpoint is done; WAL from `start.start()` must be kept.
    void started(BaseBackupStart start);

    /// @param name       `base.tar`, or `<oid>.tar` of a tablespace
    /// @param tablespace the tablespace's directory on the server, empty for `base.tar`
    void archiveStarted(String name, String tablespace);

    /// The next bytes of the archive. The slice is reused after the call returns.
    void archiveData(byte[] buffer, int offset, int length);

    void archiveEnded();

    /// The server's `backup_manifest` follows; keep it byte for byte.
    void manifestStarted();

    void manifestData(byte[] buffer, int offset, int length);

    void manifestEnded();

    /// Bytes of archives that the server has sent so far, by its own count.
    default void progress(long bytes) {}
}
