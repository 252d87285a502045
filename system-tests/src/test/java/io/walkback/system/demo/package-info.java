/// The demo, which is a test of everything. Here and not beside its code, so that the build can run it while the
/// command line is tested.
@NullMarked
package io.walkback.system.demo;

import org.jspecify.annotations.NullMarked;
