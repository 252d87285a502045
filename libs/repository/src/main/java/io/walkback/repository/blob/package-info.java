/// Named blobs, written once: the port between the repository and whatever holds its bytes.
///
/// Promises, checked for every adapter by one contract suite: a blob is readable whole or not at all; once a put
/// or a commit has returned, the blob is durable and every reader sees it; a taken key is never changed (P4); "not
/// there" is an answer and "could not ask" is an exception; deleting what is absent succeeds.
@NullMarked
package io.walkback.repository.blob;

import org.jspecify.annotations.NullMarked;
