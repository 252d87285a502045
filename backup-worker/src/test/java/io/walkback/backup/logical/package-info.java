/// Tests of logical backups.
@NullMarked
package io.walkback.backup.logical;

import org.jspecify.annotations.NullMarked;
