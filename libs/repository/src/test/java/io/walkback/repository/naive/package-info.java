/// A second reader of the repository format, written from `docs/formats/repository.md` alone.
///
/// It shares no code with the first one, uses of libraries only zstd and the JDK's cryptography, holds everything
/// in memory and does one thing after the other. When the page is unclear or wrong, this is where it shows.
@NullMarked
package io.walkback.repository.naive;

import org.jspecify.annotations.NullMarked;
