/// Tests of `walkback demo`.
@NullMarked
package io.walkback.standalone.demo;

import org.jspecify.annotations.NullMarked;
