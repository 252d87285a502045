@NullMarked
package io.walkback.cli;

import org.jspecify.annotations.NullMarked;
