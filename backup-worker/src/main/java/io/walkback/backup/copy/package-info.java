/// The second repository: what the worker has stored, copied to another place without touching a database again.
///
/// Every worker that has an address for it copies every database. Objects are created if they are absent, so more
/// than one at it costs requests and harms nothing. Nothing is ever deleted there.
@NullMarked
package io.walkback.backup.copy;

import org.jspecify.annotations.NullMarked;
