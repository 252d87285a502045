/// A key service for tests that really encrypts.
@NullMarked
package io.walkback.testkit.kms;

import org.jspecify.annotations.NullMarked;
