/// Compacted topics in memory: what is so now, for those who answer questions.
///
/// A [io.walkback.catalog.view.StateFollower] reads whole topics from their beginning and never stops; each
/// [io.walkback.catalog.view.StateView] keeps the newest record per key. A view answers for the world only once the
/// follower has caught up, and is as big as its topic has keys.
@NullMarked
package io.walkback.catalog.view;

import org.jspecify.annotations.NullMarked;
