package io.walkback.scheduler.request;

import io.walkback.domain.event.RestoreRequested;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.RecoveryTarget;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a restore request must look like before anybody looks at the target (F53).
final class RestoreForm {
    /// PostgreSQL cuts restore point names at NAMEDATALEN.
    private static final int RESTORE_POINT_BYTES = 63;

    private static final int LONGEST_REASON = 500;

    /// No separator, nothing hidden, nothing that reads as an option.
    private static final String HOOK = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";

    private RestoreForm() {}

    static @Nullable Problem problem(RestoreRequested request) {
        if (!RequestRules.isPlain(request.host(), 255)) {
            return RequestRules.invalid("a restore names the host that has the directory");
        }
        if (!isDirectory(request.directory())) {
            return RequestRules.invalid(
                    "a restore goes into an absolute directory without '..', at most 4096 printable characters");
        }
        for (Map.Entry<String, String> move : request.tablespaceMap().entrySet()) {
            if (!isDirectory(move.getKey()) || !isDirectory(move.getValue())) {
                return RequestRules.invalid("a tablespace moves from an absolute directory to another");
            }
        }
        Problem target = target(request.target());
        return target == null ? terms(request) : target;
    }

    /// What a restore may do to what is there.
    private static @Nullable Problem terms(RestoreRequested request) {
        String digest = request.planDigest();
        if (digest != null && !digest.matches("sha256:[0-9a-f]{64}")) {
            return RequestRules.invalid("a plan's digest is sha256: and 64 hexadecimal digits");
        }
        if (request.breakGlass() != null && !RequestRules.isPlain(request.breakGlass(), LONGEST_REASON)) {
            return RequestRules.invalid(
                    "whoever breaks the glass says why, in at most " + LONGEST_REASON + " printable characters");
        }
        Command.InPlace inPlace = request.inPlace();
        if (inPlace == null) {
            return null;
        }
        if (request.delta()) {
            return RequestRules.invalid("a restore either goes over what is there or sets it aside, not both");
        }
        if (!Stream.of(inPlace.stopHook(), inPlace.startHook(), inPlace.verification())
                .allMatch(hook -> hook == null || hook.matches(HOOK))) {
            return RequestRules.invalid("a hook is the plain name of a file in the hooks folder of the worker");
        }
        if (request.validateOnly()) {
            return null;
        }
        // What a kill after the start hook would put back is not safe yet (docs/adr/0026); its plan is.
        return digest != null || request.breakGlass() != null
                ? RequestRules.notSupported("a restore in place")
                : RequestRules.invalid(
                        "a restore in place carries the digest of the plan that somebody has seen, or the"
                                + " reason why nobody has");
    }

    static @Nullable Problem target(RecoveryTarget target) {
        return switch (target) {
            case RecoveryTarget.Latest _, RecoveryTarget.Immediate _, RecoveryTarget.Time _ -> null;
            case RecoveryTarget.Position position ->
                position.lsn().isValid() ? null : RequestRules.invalid("0/0 is no position in the wal");
            case RecoveryTarget.Transaction transaction ->
                isXid(transaction.xid())
                        ? null
                        : RequestRules.invalid("a transaction is a decimal number of 32 bits, 3 or more");
            case RecoveryTarget.RestorePoint point ->
                RequestRules.isPlain(point.name(), RESTORE_POINT_BYTES)
                                && point.name().getBytes(StandardCharsets.UTF_8).length <= RESTORE_POINT_BYTES
                        ? null
                        : RequestRules.invalid("a restore point has 1 to 63 bytes, all printable");
        };
    }

    /// 0, 1 and 2 are no transactions of anybody.
    private static boolean isXid(String text) {
        return text.matches("[0-9]{1,10}") && Long.parseLong(text) >= 3 && Long.parseLong(text) <= 0xFFFF_FFFFL;
    }

    private static boolean isDirectory(String path) {
        return path.length() > 1
                && path.startsWith("/")
                && RequestRules.isPlain(path, 4096)
                && !(path + "/").contains("/../");
    }
}
