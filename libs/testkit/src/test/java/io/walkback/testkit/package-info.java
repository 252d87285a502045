/// The test kit under test: a harness that cannot fail proves nothing.
@NullMarked
package io.walkback.testkit;

import org.jspecify.annotations.NullMarked;
