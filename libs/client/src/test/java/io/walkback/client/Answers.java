package io.walkback.client;

/// Bodies as docs/api.md shows them.
final class Answers {
    static final String DATABASE = """
        {"name": "shop", "host": "10.0.0.5", "port": 5432, "dbname": "postgres", "user": "walkback",
         "passwordRef": "file:/etc/walkback/shop.password", "sslMode": "prefer", "sslRootCertificate": null,
         "policy": {"enabled": true, "cron": "0 0 2 * * *", "zone": "America/New_York", "maxAttempts": 3,
                    "checkpoint": "fast", "maxRateKilobytes": 0, "streamWal": true, "retention": "30d",
                    "keepCount": 0, "keepAge": "none", "keepDaily": 0, "keepWeekly": 0, "keepMonthly": 0,
                    "keepYearly": 0, "minimumRedundancy": 2, "minimumAge": "1d", "walRetention": "none",
                    "compressionLevel": 3,
                    "immutability": "none"},
         "labels": {"tier": "gold"}, "systemIdentifier": null, "managedBy": "api", "fromNewerVersion": [1, 2]}\
        """;

    static final String BACKUP = """
        {"id": "b1", "database": "shop", "type": "physical", "state": "COMPLETED", "requestedBy": "schedule",
         "requestedAt": "2026-11-22T07:00:00.123456Z", "startedAt": "2026-11-22T07:00:03Z",
         "completedAt": "2026-11-22T07:04:10Z", "attempts": 1, "labels": {}, "startLsn": "0/5000028",
         "stopLsn": "0/5100100", "timeline": 1, "systemIdentifier": "7412345678901234567", "serverVersion": 150008,
         "walSegmentSize": 16777216, "sizeBytes": 209715200, "storedBytes": 52428800,
         "manifestDigest": "sha256:00", "pageChecksumErrors": 0, "failure": null,
         "proof": {"verdict": "PROVEN", "reason": null, "at": "2026-11-22T08:00:00Z", "rtoMillis": 1200},
         "verifiedAt": null, "expiresAt": null, "stateVersion": 4720}\
        """;

    static final String STATISTICS = """
        {"totalBackups": 12, "lastBackupTime": "2026-11-22T07:04:10Z", "lastBackupStatus": "completed",
         "totalSize": 629145600, "oldestBackup": "2026-11-10T07:04:00Z", "failedBackupsLast24h": 0,
         "successRate30d": 1.0, "databases": [
           {"database": "shop", "totalBackups": 12, "lastBackupTime": null, "lastBackupStatus": null,
            "totalSize": 0, "oldestBackup": null, "failedBackupsLast24h": 0, "successRate30d": null}]}\
        """;

    static final String HEALTH = """
        {"status": "error", "info": {}, "error": {}, "details": {"backup": {"status": "down", "totalBackups": 0,
         "lastBackupTime": null, "lastBackupAge": null, "failedBackupsLast24h": 2, "totalSize": "0 B"}}}\
        """;

    static final String CHECK = """
        {"database": "shop", "status": "warning", "at": "2026-11-22T07:04:10Z", "checks": [
          {"id": "archiving", "status": "warning", "seen": "archive_mode is off", "remedy": null, "code": null}]}\
        """;

    private Answers() {}

    static String operation(String state, boolean over, String result) {
        return """
            {"id": "op-1", "database": "shop", "kind": "RESTORE", "state": "%s", "over": %s, "attempts": 1,
             "attemptsLeft": 2, "cancelRequested": false, "paused": false, "requestedBy": "api",
             "openedAt": "2026-11-22T07:00:00.123456Z", "notAfter": null, "claimedAt": null, "endedAt": null,
             "worker": null, "labels": {}, "backupId": "b1",
             "progress": {"phase": "fetching", "bytesDone": 10, "bytesTotal": null, "lsn": null,
                          "at": "2026-11-22T07:00:13Z"},
             "problem": null,
             "command": {"target": "latest", "timeline": null, "host": "node-1", "directory": "/srv/r",
                         "tablespaces": {}, "noStart": false},
             "result": %s, "stateVersion": 4711}\
            """.formatted(state, over, result);
    }

    static String accepted() {
        return """
            {"operationId": "op-1", "backupId": "b1", "location": "/api/operations/op-1", "operation": null}\
            """;
    }

    static String problem(int status, String code, String detail) {
        return """
            {"type": "urn:walkback:failure:%1$s", "title": "t", "status": %2$d, "detail": "%3$s", "instance": "/x",
             "code": "%1$s", "hint": "Do this.", "operationId": null}\
            """.formatted(code, status, detail);
    }
}
