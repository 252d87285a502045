package io.walkback.scheduler;

import io.walkback.repository.EncryptionSettings;
import java.net.URI;
import java.util.Optional;

/// Where the repository is and what opens it, by the variables that the workers have, too.
///
/// @param url  empty: this installation has not said where
/// @param copy the second place; empty: there is none
record RepositoryPlace(Optional<URI> url, Optional<URI> copy, EncryptionSettings encryption) {}
