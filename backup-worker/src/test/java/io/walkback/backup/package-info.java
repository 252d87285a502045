/// Tests of the backup-worker: against real servers, real brokers, and the process itself.
@NullMarked
package io.walkback.backup;

import org.jspecify.annotations.NullMarked;
