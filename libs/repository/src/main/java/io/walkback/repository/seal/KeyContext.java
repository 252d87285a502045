package io.walkback.repository.seal;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// What a wrapped key is bound to, so that it cannot be passed off as another one's.
///
/// @param keyId the data key's id; zeros for the naming key
public record KeyContext(UUID repositoryId, UUID keyId) {
    /// The associated data of a wrapper made with AES-256-GCM.
    byte[] associatedData() {
        return ("walkback wrap 1 " + repositoryId + " " + keyId).getBytes(StandardCharsets.US_ASCII);
    }
}
