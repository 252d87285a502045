/// One layout for every Java file of the tree, decided by palantir-java-format and checked by a test of this module.
///
/// It is a test and not a Maven plugin because the formatter parses with the compiler of the JVM it runs in, and
/// Maven's own JVM may be older than the language (docs/adr/0001-formatting-in-a-test.md).
@NullMarked
package io.walkback.formatting;

import org.jspecify.annotations.NullMarked;
