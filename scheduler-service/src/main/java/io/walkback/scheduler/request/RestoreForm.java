package io.walkback.scheduler.request;

import io.walkback.domain.event.RestoreRequested;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.RecoveryTarget;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a restore request must look like before anybody looks at the target (F53).
final class RestoreForm {
    /// PostgreSQL cuts restore point names at NAMEDATALEN.
    private static final int RESTORE_POINT_BYTES = 63;

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
        return target(request.target());
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
