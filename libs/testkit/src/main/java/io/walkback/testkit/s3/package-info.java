/// S3 servers for tests: a real one that keeps objects as files, and one that does what tests tell it to.
@NullMarked
package io.walkback.testkit.s3;

import org.jspecify.annotations.NullMarked;
