/// Topics on a real cluster: which message goes where, and whether what is there is what it must be.
///
/// Start is refused, with everything that is wrong, when a topic exists with settings that would lose data:
/// compaction where the history is the truth, retention shorter than ours, another partition count, fewer replicas
/// than production needs.
@NullMarked
package io.walkback.messaging.topic;

import org.jspecify.annotations.NullMarked;
