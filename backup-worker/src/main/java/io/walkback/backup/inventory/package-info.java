/// Which databases are protected, as the `databases` topic has them, and how they are reached.
///
/// Nothing here keeps a password: a registration names where it is, and [io.walkback.postgres.connection.Targets]
/// reads it at the moment of use (P11).
@NullMarked
package io.walkback.backup.inventory;

import org.jspecify.annotations.NullMarked;
