@NullMarked
package io.walkback.scheduler.command;

import org.jspecify.annotations.NullMarked;
