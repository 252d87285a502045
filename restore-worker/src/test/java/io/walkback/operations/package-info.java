/// Access to what handlers are given by the runtime.
@NullMarked
package io.walkback.operations;

import org.jspecify.annotations.NullMarked;
