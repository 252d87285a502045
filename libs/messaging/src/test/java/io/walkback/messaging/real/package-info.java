/// Real broker and registry for integration tests, one of each per test run.
@NullMarked
package io.walkback.messaging.real;

import org.jspecify.annotations.NullMarked;
