/// The protected server as every part of this worker meets it: connecting with what the registration says, and
/// making sure that it is the cluster that the name stands for (pitfall 8, F36).
@NullMarked
package io.walkback.backup.server;

import org.jspecify.annotations.NullMarked;
