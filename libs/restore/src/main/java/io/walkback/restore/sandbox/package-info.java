/// Scratch clusters: a backup at a target, open for questions on this host and for nobody else, and gone afterwards
/// (P7, F57, pitfalls 48 and 49).
///
/// ```
///  scratch folder/
///    <id>/              mode 0711, one sandbox
///      walkback-sandbox says that it may be removed; without it, it is somebody else's
///      lock             held by the process that uses it; the kernel lets go when that dies
///      data/            the data directory
///      data-walkback/   unix socket, log; mode 0700
///      tablespaces/     each where it is remapped to, whatever path it has on the source
/// ```
///
/// - **Nothing gets out.** No archiving, no walsender, no subscription, no preloaded library, no TCP, no event
///   trigger, whatever the source's configuration, its roles and its dbnames say: each setting is on the server's
///   command line, and those that a role or a dbname could change are set again by each connection of ours. Where the
///   system has network namespaces the server is in one of its own.
/// - **Nothing stays.** A sandbox is removed when it is closed, when opening it fails and when its time is over. What
///   a killed process leaves has no lock, and [io.walkback.restore.sandbox.Scratch#sweep] removes it.
///
/// [io.walkback.restore.sandbox.Sandboxes] is the front door, for rehearsals and for taking rows out of a backup.
@NullMarked
package io.walkback.restore.sandbox;

import org.jspecify.annotations.NullMarked;
