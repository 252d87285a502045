/// What each step of a backup and a restore costs: one operation is one extent of 1 MiB, so that operations per
/// second are MiB per second of one core.
@NullMarked
package io.walkback.benchmarks.stages;

import org.jspecify.annotations.NullMarked;
