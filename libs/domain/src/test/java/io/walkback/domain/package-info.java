@NullMarked
package io.walkback.domain;

import org.jspecify.annotations.NullMarked;
