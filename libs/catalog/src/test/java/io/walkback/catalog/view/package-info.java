@NullMarked
package io.walkback.catalog.view;

import org.jspecify.annotations.NullMarked;
