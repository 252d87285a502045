/// The parts themselves are under test here: real processes, real signals.
@NullMarked
package io.walkback.embedded;

import org.jspecify.annotations.NullMarked;
