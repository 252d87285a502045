@NullMarked
package io.walkback.backup.commits;

import org.jspecify.annotations.NullMarked;
