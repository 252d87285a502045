/// Reading back what is stored (P1, P3): every byte of a backup's closure, compared with its digests.
@NullMarked
package io.walkback.backup.verification;

import org.jspecify.annotations.NullMarked;
