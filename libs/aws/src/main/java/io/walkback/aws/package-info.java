/// What the services of AWS have in common when a request fails: for the store in buckets and the keys in KMS.
@NullMarked
package io.walkback.aws;

import org.jspecify.annotations.NullMarked;
