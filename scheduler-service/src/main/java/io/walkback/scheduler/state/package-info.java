/// What this service knows: compacted topics as views, read to their ends before anybody is answered.
@NullMarked
package io.walkback.scheduler.state;

import org.jspecify.annotations.NullMarked;
