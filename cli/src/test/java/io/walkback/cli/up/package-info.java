/// The platform that `walkback up` starts, killed and started anew. Here and not beside its code, so that the build
/// can run it while the other whole-platform tests run.
@NullMarked
package io.walkback.cli.up;

import org.jspecify.annotations.NullMarked;
