/// Where everything lies: keys of one database's lineage, and what every object of it is bound to.
///
/// A lineage is one system identifier under one database name. All its keys begin with both, so that two clusters
/// that were given one name never share a key (pitfall 8).
@NullMarked
package io.walkback.repository.layout;

import org.jspecify.annotations.NullMarked;
