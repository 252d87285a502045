/// The REST API of scheduler-service, as `docs/api.md` has it, from Java.
///
/// [WalkbackClient] is the front door. Views are what the API answers; forms are what it takes, null standing for
/// the API's own default. A problem that the API names becomes a [io.walkback.domain.PlatformException] with the
/// same code and hint; its type says whether asking again can help.
///
/// A newer service may answer with properties that this build does not know: they are ignored. No answer is trusted
/// beyond 32 MiB, no redirect is followed (it would carry the token elsewhere), and no token is ever part of a
/// message (P11).
@NullMarked
package io.walkback.client;

import org.jspecify.annotations.NullMarked;
