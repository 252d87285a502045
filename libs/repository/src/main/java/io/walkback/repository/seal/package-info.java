/// Encryption at rest: who holds which key, and how one object's frames are sealed.
///
/// ```
///  key-encryption key (key file, KMS) --wraps--> data key (one an attempt, one a writer and day) --HKDF--> object
///  key
///  --AES-256-GCM--> frames
/// ```
///
/// Order of writing, which is the safety argument: a data key is made, wrapped, put under its name by
/// create-if-absent and read back through the store; only then does anybody get it, so no object ever names a key
/// that is not there. Of two writers who make the key of one attempt the first one's counts, and the loser uses
/// it. Every object has a random id of its own and so a key of its own; no two writers share a nonce.
///
/// A wrapped key is never replaced. A new key-encryption key adds a wrapper beside the old one, and data is not
/// touched. Where a key cannot be had the answer is an error, never plain text. No key is printed (P11).
@NullMarked
package io.walkback.repository.seal;

import org.jspecify.annotations.NullMarked;
