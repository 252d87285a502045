/// What a restore would do to this host, before it does anything: the plan as a value, with a digest of what an
/// approver decides on, and the checks that come before.
///
/// Everything here reads. A value that cannot be told is called unknown, and an unknown is a warning and no pass.
@NullMarked
package io.walkback.restore.preview;

import org.jspecify.annotations.NullMarked;
