package io.walkback.repository.verify;

import io.walkback.domain.FailureCode;
import io.walkback.domain.event.Severity;
import io.walkback.repository.blob.BlobKey;

/// Something wrong with one object.
///
/// @param what a fact with its values, lower case, without a full stop
public record Finding(Type type, BlobKey key, String what) {
    /// What kind of wrong. Names are kept: events carry them.
    public enum Type {
        /// A manifest names it and it is not there.
        MISSING(
                Severity.CRITICAL,
                "Restore from another backup, and take a new one: what is missing is stored again.",
                FailureCode.OBJECT_MISSING),
        /// Its bytes are not those that were written.
        DAMAGED(
                Severity.CRITICAL,
                "Restore from another backup, and take a new one: what is damaged is stored again.",
                FailureCode.OBJECT_CORRUPT),
        /// A newer version wrote it.
        UNKNOWN_FORMAT(
                Severity.ERROR,
                "Read it with the version that wrote it; do not write here with this one.",
                FailureCode.STORE_LAYOUT),
        /// Two places that should agree do not.
        INCONSISTENT(
                Severity.CRITICAL,
                "Restore from another backup, and find out who else writes here.",
                FailureCode.OBJECT_CORRUPT),
        /// Somebody put other bytes under its name; the first version is still there, and is what is read.
        OVERWRITTEN(
                Severity.CRITICAL,
                "Nothing is lost yet: find out whose credentials did it and take them away, then delete the later"
                        + " version by its id.",
                FailureCode.OBJECT_OVERWRITTEN),
        /// Somebody deleted it; the version is still there, and is what is read.
        HIDDEN(
                Severity.CRITICAL,
                "Nothing is lost yet: find out whose credentials or which lifecycle rule did it, then remove the delete"
                        + " marker by its id.",
                FailureCode.OBJECT_HIDDEN),
        /// Its lock is missing, or ends before that of a manifest which needs it.
        UNLOCKED(
                Severity.CRITICAL,
                "Whoever may delete can delete it now: find out who bypassed the lock, and take a new backup, which"
                        + " locks what it builds on again.",
                FailureCode.OBJECT_UNLOCKED);

        private final Severity severity;
        private final String remedy;
        private final FailureCode code;

        Type(Severity severity, String remedy, FailureCode code) {
            this.severity = severity;
            this.remedy = remedy;
            this.code = code;
        }

        /// What events and runbooks call it.
        public FailureCode code() {
            return code;
        }

        /// How soon a person must look.
        public Severity severity() {
            return severity;
        }

        /// What that person should do, as a sentence.
        public String remedy() {
            return remedy;
        }
    }
}
