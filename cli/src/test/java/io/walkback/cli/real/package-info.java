/// The command line as people run it: processes of the built jar, a platform of their own, PostgreSQL's programs as
/// judges.
@NullMarked
package io.walkback.cli.real;

import org.jspecify.annotations.NullMarked;
