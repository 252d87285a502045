/// Key-encryption keys that stay in AWS KMS: [io.walkback.repository.seal.KeyEncryption] by its `Encrypt` and
/// `Decrypt`.
///
/// ```
///  open:    DescribeKey                                    -> the key's ARN, enabled, symmetric, for encryption
///  wrap:    Encrypt(ARN, data key, context)                -> what is stored in the repository
///  unwrap:  Decrypt(ARN, what is stored, the same context) -> the data key
/// ```
///
/// The context names the repository and the data key, so KMS opens no wrapper in another's place, its own log says
/// which one was opened, and a key policy can name the repository. `Decrypt` names the key that this process was
/// configured with, whatever the wrapper says: a wrapper made under somebody else's key does not open.
///
/// Where KMS refuses or cannot be asked the answer is `KEY_UNAVAILABLE` within [KmsPatience], with KMS's own code
/// and request id: never plain text, and never an empty result (F56). No key and no ciphertext is printed (P11).
@NullMarked
package io.walkback.keys.kms;

import org.jspecify.annotations.NullMarked;
