package io.walkback.postgres.setup;

import io.walkback.domain.Secret;
import org.jspecify.annotations.Nullable;

/// What a server is to be made fit for.
///
/// @param role           that backups and WAL are read as
/// @param password       of that role if it has to be made; null: none
/// @param archiveCommand what pushes WAL; null: WAL is streamed through a slot
/// @param replace        whether another `archive_command` may be replaced
/// @param heartbeat      whether a row is wanted that RPO is measured by
public record SetupWanted(
        String role, @Nullable Secret password, @Nullable String archiveCommand, boolean replace, boolean heartbeat) {}
