/// Whether what is stored is what was written, and what no backup needs.
///
/// Findings are values with the object's key, so that an event, a page and a repair can name it (P3). Nothing here
/// changes the repository.
@NullMarked
package io.walkback.repository.verify;

import org.jspecify.annotations.NullMarked;
