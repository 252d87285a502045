/// The schema registry, over the REST interface that Confluent's and Apicurio's share.
///
/// A registry that is away is never a poison pill (F12). A schema is looked for in the jar, in memory, on disk, and
/// only then in the registry; an id once learnt is kept on disk under `walkback.state-dir`. So a process that has
/// ever worked starts and works without the registry. Whatever still needs it fails with a
/// [io.walkback.domain.RetryableException], so that the record waits. A registry that answers something else than
/// what was sent is refused before anything goes out (F13).
@NullMarked
package io.walkback.messaging.registry;

import org.jspecify.annotations.NullMarked;
