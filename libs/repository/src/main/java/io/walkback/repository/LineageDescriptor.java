package io.walkback.repository;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.layout.ClusterGeometry;

/// A lineage as its descriptor object records it.
record LineageDescriptor(DatabaseId database, int number, SystemIdentifier system, ClusterGeometry geometry) {}
