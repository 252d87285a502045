package io.walkback.backup.wal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where servers push WAL to: `walkback.backup.push.*`. A listener of its own, so that it can be reached from other
/// hosts while health and metrics cannot.
///
/// @param port        `WALKBACK_PUSH_PORT`; 0: nothing is listened for
/// @param address     `WALKBACK_PUSH_ADDRESS`, this host alone unless told otherwise. Any other takes a
///                    certificate, since a token goes over the wire with each file
/// @param certificate `WALKBACK_PUSH_CERTIFICATE`: PEM file with the certificate and those that signed it; blank:
///                    no TLS
/// @param key         `WALKBACK_PUSH_KEY`: PEM file with its private key
public record PushSettings(
        @DefaultValue("0") int port,
        @DefaultValue("127.0.0.1") String address,
        @Nullable Path certificate,
        @Nullable Path key) {
    public PushSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("walkback.backup.push.port must be 0..65535, was " + port);
        }
        certificate = certificate == null || certificate.toString().isBlank() ? null : certificate;
        key = key == null || key.toString().isBlank() ? null : key;
        if ((certificate == null) != (key == null)) {
            throw refused("one of certificate and key is set without the other");
        }
        if (certificate == null && !isLoopback(address)) {
            throw refused("address is " + address + ", which other hosts reach, and there is no certificate");
        }
    }

    /// Whether nothing is listened for.
    public boolean isOff() {
        return port == 0;
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            throw refused("address '" + address + "' is not known: " + unknown.getMessage());
        }
    }

    private static OperatorActionException refused(String what) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                "walkback.backup.push: " + what,
                "Set WALKBACK_PUSH_CERTIFICATE and WALKBACK_PUSH_KEY to PEM files, or WALKBACK_PUSH_ADDRESS to"
                        + " 127.0.0.1 behind a proxy of your own.");
    }
}
