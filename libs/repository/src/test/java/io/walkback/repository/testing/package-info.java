/// Fakes and builders of this module's tests.
@NullMarked
package io.walkback.repository.testing;

import org.jspecify.annotations.NullMarked;
