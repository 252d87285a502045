/// The operation log as everybody else sees it: facts, operations, backups.
///
/// Pure: the same record after the same history gives the same output, event ids included, on every host and
/// however often it is read (P8, F02). Only for a backup whose operation is forgotten does it look at what the
/// catalog said before. Whoever runs it writes the output and its own position in the log in one
/// transaction; nobody else writes these topics, so no worker's old copy overwrites a newer truth (F18).
@NullMarked
package io.walkback.catalog.projection;

import org.jspecify.annotations.NullMarked;
