/// Walkback on one machine: everything as child processes of one command.
///
/// [io.walkback.standalone.up] keeps the platform running, [io.walkback.standalone.demo] tells the whole story on
/// it. Nothing of the services is on this class path: they are started as the jars that an installation would
/// start, and spoken to over REST, Kafka and SQL as anybody else would.
@NullMarked
package io.walkback.standalone;

import org.jspecify.annotations.NullMarked;
