package io.walkback.domain;

/// Places at which a fault test ends this process as `kill -9` would: no shutdown hook, no flush, exit status 137.
///
/// A test names one point in the system property `walkback.kill.point` or in the environment variable
/// `WALKBACK_KILL_POINT`. Without that, which is always so in production, a point is one comparison with null.
public final class KillPoint {
    /// A claim is won, and nothing has been done.
    public static final String OPERATION_CLAIMED = "operation.claimed";

    /// The end of an attempt stands in the log, and its worker has not seen it there.
    public static final String OPERATION_ENDING_WRITTEN = "operation.ending-written";

    /// The server has begun a base backup and said where it starts; nothing is written.
    public static final String BACKUP_STARTED = "backup.started";

    /// Some frames of an extent are written to a pack, others are not.
    public static final String BACKUP_MID_CHUNK = "backup.mid-chunk";

    /// Every pack is committed and read back, the manifest is not complete.
    public static final String BACKUP_PACKS_STORED = "backup.packs-stored";

    /// The manifest is written in full and not committed.
    public static final String BACKUP_MANIFEST_STAGED = "backup.manifest-staged";

    /// The manifest is committed, and nobody has been told.
    public static final String BACKUP_MANIFEST_COMMITTED = "backup.manifest-committed";

    /// A restore has written some files of the data directory, and `pg_control` is not there.
    public static final String RESTORE_MID_FETCH = "restore.mid-fetch";

    /// A delta restore has marked a data directory and taken its `pg_control`; every other file is as it was.
    public static final String RESTORE_DELTA_CLAIMED = "restore.delta-claimed";

    /// The server that a restore in place will replace is stopped; nothing is moved.
    public static final String IN_PLACE_STOPPED = "in-place.stopped";

    /// A restore in place has set aside one directory of several.
    public static final String IN_PLACE_MOVING = "in-place.moving";

    /// A restore in place has set aside every directory, and written none.
    public static final String IN_PLACE_MOVED = "in-place.moved";

    /// The copy has taken the place and runs, and the journal does not say so.
    public static final String IN_PLACE_STARTED = "in-place.started";

    /// A restored server replays WAL; the copy is not promoted.
    public static final String RESTORE_RECOVERING = "restore.recovering";

    /// A restore is complete, and nobody has been told.
    public static final String RESTORE_COMPLETED = "restore.completed";

    /// An expiry has marked a backup in the log, and its manifest is there.
    public static final String EXPIRY_MARKED = "expiry.marked";

    /// An expiry has deleted a manifest, and the log does not say so.
    public static final String EXPIRY_MANIFEST_DELETED = "expiry.manifest-deleted";

    /// The log says that a manifest is gone, and its packs are there.
    public static final String EXPIRY_RECORDED = "expiry.recorded";

    /// A sweep has deleted an object, and others are left.
    public static final String EXPIRY_MID_SWEEP = "expiry.mid-sweep";

    /// A pushed WAL segment is in the repository, and the server that pushed it has no answer.
    public static final String WAL_PUSH_STORED = "wal.push-stored";

    private static final String ARMED = System.getProperty("walkback.kill.point", System.getenv("WALKBACK_KILL_POINT"));

    private KillPoint() {}

    /// Ends the process if `point` is the armed one.
    public static void at(String point) {
        if (point.equals(ARMED)) {
            Runtime.getRuntime().halt(137);
        }
    }
}
