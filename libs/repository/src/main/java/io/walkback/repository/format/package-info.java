/// The byte layouts that all objects share: header, fields, footer, integers. `docs/formats/repository.md`
/// specifies them.
///
/// Parsers here take hostile input: any array of bytes gives a value, a [io.walkback.domain.CorruptDataException]
/// that names the object, or a refusal of what a newer version wrote; never another exception, and never an
/// allocation larger than the input.
@NullMarked
package io.walkback.repository.format;

import org.jspecify.annotations.NullMarked;
