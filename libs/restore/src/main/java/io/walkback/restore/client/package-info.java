/// The client half of `restore_command` for machines without `curl`: one class without dependencies, copied out of
/// the jar and run by the JVM that the worker runs on.
@NullMarked
package io.walkback.restore.client;

import org.jspecify.annotations.NullMarked;
