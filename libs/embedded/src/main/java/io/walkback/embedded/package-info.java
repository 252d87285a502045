/// Real parts as child processes: a Kafka broker, a schema registry, PostgreSQL servers.
///
/// `walkback up`, `walkback demo` and every integration test start the same parts through the same classes; nothing
/// here imitates anything. What this package promises:
///
/// - A part listens on loopback only.
/// - A part that does not come up in time fails loudly, with the end of its own log in the message.
/// - No part outlives the process that started it: a shutdown hook stops children in the reverse order of their
///   start, and where `setpriv` is installed the kernel signals them even when the parent was ended by SIGKILL.
/// - Everything is done by process id, never by name.
/// - No password is an argument of a program.
@NullMarked
package io.walkback.embedded;

import org.jspecify.annotations.NullMarked;
