/// `walkback up`: a broker, a registry and the four services, kept in one folder, until stopped.
///
/// ```
/// DATA/lock            held while it runs; a second one on the same folder is refused
/// DATA/ports           which ports the parts had, so that the next start has them again
/// DATA/processes       what runs, so that the next start waits for what a killed one left dying
/// DATA/token           mode 0600
/// DATA/broker, registry, state, repository, secrets, logs
/// ```
///
/// What is promised:
///
/// - Start: lock, earlier processes gone, broker and registry, then the services; ready only when each of them
/// says so.
/// - A part that ends by itself is reported with the end of its log and started again, with growing pauses.
/// - Stop: the supervisor first, so that nothing is started again, then the parts, youngest first. Whichever way
///   this process ends, no part outlives it ([io.walkback.embedded]).
/// - A second start on the same folder carries on: topics, schemas and repository are where they were.
@NullMarked
package io.walkback.standalone.up;

import org.jspecify.annotations.NullMarked;
