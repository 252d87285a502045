package io.walkback.repository.verify;

import io.walkback.domain.event.Severity;
import io.walkback.repository.blob.BlobKey;

/// Something wrong with one object.
///
/// @param what a fact with its values, lower case, without a full stop
public record Finding(Type type, BlobKey key, String what) {
    /// What kind of wrong. Names are kept: events carry them.
    public enum Type {
        /// A manifest names it and it is not there.
        MISSING(Severity.CRITICAL, "Restore from another backup, and take a new one: what is missing is stored again."),
        /// Its bytes are not those that were written.
        DAMAGED(Severity.CRITICAL, "Restore from another backup, and take a new one: what is damaged is stored again."),
        /// A newer version wrote it.
        UNKNOWN_FORMAT(Severity.ERROR, "Read it with the version that wrote it; do not write here with this one."),
        /// Two places that should agree do not.
        INCONSISTENT(Severity.CRITICAL, "Restore from another backup, and find out who else writes here.");

        private final Severity severity;
        private final String remedy;

        Type(Severity severity, String remedy) {
            this.severity = severity;
            this.remedy = remedy;
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
