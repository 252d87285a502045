package io.walkback.postgres;

import io.walkback.postgres.replication.BaseBackupSink;
import io.walkback.postgres.replication.BaseBackupStart;

/// Keeps nothing of a base backup but the number of bytes.
public class CountingSink implements BaseBackupSink {
    public long bytes;

    @Override
    public void started(BaseBackupStart start) {}

    @Override
    public void archiveStarted(String name, String tablespace) {}

    @Override
    public void archiveData(byte[] buffer, int offset, int length) {
        bytes += length;
    }

    @Override
    public void archiveEnded() {}

    @Override
    public void manifestStarted() {}

    @Override
    public void manifestData(byte[] buffer, int offset, int length) {}

    @Override
    public void manifestEnded() {}
}
