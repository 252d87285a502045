package io.walkback.keys.kms;

import io.walkback.repository.seal.KekId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The ARN of a key, as KMS gives it.
///
/// A key of several regions (its id begins with `mrk-`) is one key: what it has encrypted in one region its replica
/// opens in another. So its region is no part of its identity, and a repository whose region is lost restores with
/// the replica.
record KmsKeyName(String arn) {
    private static final String LABEL = "walkback kek id 1 aws-kms ";

    /// The first 16 bytes of SHA-256 over a label and the ARN, with `*` for the region of a key of several.
    KekId kekId() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((LABEL + identity()).getBytes(StandardCharsets.US_ASCII));
            return KekId.of(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private String identity() {
        String[] parts = arn.split(":", 6);
        if (parts.length == 6 && parts[5].startsWith("key/mrk-")) {
            parts[3] = "*";
        }
        return String.join(":", parts);
    }
}
