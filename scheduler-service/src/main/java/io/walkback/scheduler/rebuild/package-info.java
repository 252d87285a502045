/// The catalog from the repository alone (P4, ADR 0013): what Kafka lost, every committed manifest still tells.
///
/// The order is the safety argument:
///
/// 1. The views are brought to the end of their topics, so that what is known counts as known.
/// 2. A backup that the catalog has is passed over, as is one that an expiry has marked or that is being made.
/// 3. Of any other the manifest is read whole, its packs are looked for, and its WAL. What cannot be read is a row
///    of the answer, and the next backup's turn.
/// 4. A `Found` record for each goes to the operation log. The fold makes it void where the log knows better, so
///    a rebuild may run twice, beside another one, and over a catalog in use: it adds what is missing and changes
///    nothing else.
/// 5. The projection writes the catalog, as it always does; the answer waits for that.
@NullMarked
package io.walkback.scheduler.rebuild;

import org.jspecify.annotations.NullMarked;
