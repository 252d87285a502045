package io.walkback.repository.verify;

import io.walkback.domain.BackupId;
import java.util.List;

/// Something that was done to an object, and the backups that need it.
///
/// @param backups at most the first [#NAMED]; empty where it is no part of a backup
public record Suspect(Finding finding, List<BackupId> backups) {
    /// Backups that are named at most.
    public static final int NAMED = 100;

    public Suspect {
        backups = List.copyOf(backups);
    }
}
