/// The row by which RPO is measured: written on the server by the worker that receives its WAL, and seen again
/// where that WAL is durable.
///
/// Reception says how old the oldest WAL is that it has heard of and has not made durable. The row asks the same
/// from the other end: something was committed at a moment that we know, and it is in the archive, or it is not. A
/// reception that hears nothing, and so believes that nothing is missing, does not deceive it.
@NullMarked
package io.walkback.backup.heartbeat;

import org.jspecify.annotations.NullMarked;
