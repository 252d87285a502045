package io.walkback.restore.dump;

import io.walkback.domain.BackupId;
import java.util.List;

/// What a logical restore does, found out without writing anything.
///
/// @param dbname         as it was dumped
/// @param address        of the server that is restored into, `host:port`
/// @param into           the dbname there
/// @param creates        false: it is there already, and empty
/// @param program        the `pg_restore` that is run, as its version says
/// @param bytes          of the archive
/// @param objects        that the archive lists
/// @param newRoles       that are made first
/// @param keptRoles      that are on the server already, and of which nothing is changed
/// @param newTablespaces that are made first
/// @param notes          what else a person should know, each a sentence without its full stop
public record LogicalRestorePlan(
        BackupId backup,
        String dbname,
        String address,
        String into,
        boolean creates,
        String program,
        long bytes,
        int objects,
        List<String> newRoles,
        List<String> keptRoles,
        List<String> newTablespaces,
        List<String> notes) {
    public LogicalRestorePlan {
        newRoles = List.copyOf(newRoles);
        keptRoles = List.copyOf(keptRoles);
        newTablespaces = List.copyOf(newTablespaces);
        notes = List.copyOf(notes);
    }
}
