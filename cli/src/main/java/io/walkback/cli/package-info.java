/// The `walkback` command.
///
/// What other people's scripts rely on: data goes to standard output, everything else to standard error; `--output
/// json` prints one JSON value; a failure is `error CODE: message` and `hint: …`, and the exit code is that of
/// [ExitCode]. Progress is drawn on a terminal only.
///
/// No password is printed or sent (P11): one in a connection URL is taken out at once and kept in a file of the
/// user's, and messages about arguments are cleaned of what looks like one.
@NullMarked
package io.walkback.cli;

import org.jspecify.annotations.NullMarked;
