/// Blobs as objects of an S3 bucket.
///
/// An object is published by one conditional request, `PutObject` or `CompleteMultipartUpload` with `If-None-Match:
/// *`, which fails when the name is taken (P4), and is then looked at: it must be there, with the length that was
/// sent, and carry the token of the one who sent it. So an answer that was lost on the way, a race, and a store
/// that acknowledges and forgets are told apart (F28). Every request that carries bytes carries their CRC32C.
///
/// ```
///  write --> buffer --full--> UploadPart x n --+--> CompleteMultipartUpload --+
///                  \--never full-------------------> PutObject ---------------+--> look --> CREATED, ALREADY_THERE
/// ```
///
/// In a bucket that keeps versions the oldest version of a name is the blob: a delete marker or a later overwrite
/// does not hide it (F31).
///
/// Requests are repeated for listed reasons only, with jitter, within a budget of time. The AWS SDK's own
/// repetitions are off, so that there is one place that knows how long a request has been tried.
@NullMarked
package io.walkback.repository.s3;

import org.jspecify.annotations.NullMarked;
