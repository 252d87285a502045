/// The inventory: what the configuration file says, and what was registered by people.
///
/// The `databases` topic is the truth. The file is applied to it at start and whenever it changes; for the names
/// that it has the file wins, names that it no longer has stay registered until somebody removes them.
@NullMarked
package io.walkback.scheduler.registry;

import org.jspecify.annotations.NullMarked;
