package io.walkback.cli;

/// Answers of the API, as docs/api.md shows them.
final class Bodies {
    static final String DATABASE = """
        {"name": "shop", "host": "10.0.0.5", "port": 5432, "dbname": "shop", "user": "walkback",
         "passwordRef": "file:/etc/walkback/shop.password", "sslMode": "prefer", "sslRootCertificate": null,
         "policy": {"enabled": true, "cron": "0 0 2 * * *", "zone": "America/New_York", "maxAttempts": 3,
                    "checkpoint": "fast", "maxRateKilobytes": 0, "streamWal": true, "retention": "30d",
                    "keepCount": 0, "keepAge": "none", "keepDaily": 0, "keepWeekly": 0, "keepMonthly": 0,
                    "keepYearly": 0, "minimumRedundancy": 2, "minimumAge": "1d", "walRetention": "none",
                    "compressionLevel": 3,
                    "immutability": "none", "copies": 2},
         "labels": {}, "systemIdentifier": "7412345678901234567", "managedBy": "api"}\
        """;

    static final String BACKUP = """
        {"id": "b1", "database": "shop", "type": "physical", "state": "COMPLETED", "requestedBy": "schedule",
         "requestedAt": "2026-11-22T07:00:00Z", "startedAt": "2026-11-22T07:00:03Z",
         "completedAt": "2026-11-22T07:04:10Z", "attempts": 1, "labels": {}, "startLsn": "0/5000028",
         "stopLsn": "0/5100100", "timeline": 1, "systemIdentifier": "7412345678901234567", "serverVersion": 150008,
         "walSegmentSize": 16777216, "sizeBytes": 209715200, "storedBytes": 52428800, "manifestDigest": "sha256:00",
         "pageChecksumErrors": 0, "failure": null, "proof": null, "verifiedAt": null, "expiresAt": "2026-12-22T07:04:10Z",
         "copies": 1, "copiesWanted": 2, "stateVersion": 4720}\
        """;

    static final String LOGICAL_BACKUP = BACKUP.replace("\"b1\"", "\"l1\"").replace("physical", "logical");

    static final String RETENTION = """
        {"database": "shop", "at": "2026-11-22T12:00:00Z",
         "policy": {"enabled": true, "cron": "0 0 2 * * *", "zone": "America/New_York", "maxAttempts": 3,
                    "checkpoint": "fast", "maxRateKilobytes": 0, "streamWal": true, "retention": "30d",
                    "keepCount": 0, "keepAge": "none", "keepDaily": 0, "keepWeekly": 0, "keepMonthly": 0,
                    "keepYearly": 0, "minimumRedundancy": 2, "minimumAge": "1d", "walRetention": "none",
                    "compressionLevel": 3,
                    "immutability": "governance 20d"},
         "locks": "each object is locked for 20 days",
         "backups": [
           {"backupId": "b1", "fate": "EXPIRE", "reasons": [{"rule": "NO_RULE", "text": "too old"}]},
           {"backupId": "b2", "fate": "KEEP", "reasons": [{"rule": "COUNT", "text": "among the newest"},
                                                          {"rule": "HELD", "text": "held by ann"}]}],
         "wal": [{"systemIdentifier": "7412345678901234567", "timeline": 1, "from": "0/1000000", "to": "0/3000000",
                  "fate": "KEEP", "neededBy": "b2", "reason": "recovery may go on through it"}],
         "deletes": {"manifests": {"objects": 1, "bytes": 100}, "packs": {"objects": 2, "bytes": 2048},
                     "digests": {"objects": 0, "bytes": 0}, "wal": {"objects": 3, "bytes": 300},
                     "total": {"objects": 6, "bytes": 2448}, "waiting": {"objects": 1, "bytes": 10}}}\
        """;

    static final String FAILED_BACKUP = BACKUP.replace("COMPLETED", "FAILED")
            .replace("\"b1\"", "\"b2\"")
            .replace(
                    "\"failure\": null",
                    "\"failure\": {\"code\": \"STORE_FULL\", \"message\": \"no space\", \"hint\": \"Free some.\","
                            + " \"at\": \"2026-11-22T07:01:00Z\"}");

    static final String WINDOW = """
        {"database": "shop", "systemIdentifier": "42", "ranges": [
           {"timeline": 1, "backupId": "b1", "fromLsn": "0/5100100", "toLsn": "0/8000000",
            "fromTime": "2026-11-22T07:04:11Z", "toTime": "2026-11-22T07:30:00Z"}],
         "holes": [], "openGaps": 0, "lastArchivedAt": "2026-11-22T07:41:00Z", "answer": null,
         "durableUntil": "2026-11-22T07:59:57Z", "rpoMillis": 2540, "stalled": false}\
        """;

    static final String ACCEPTED = """
        {"operationId": "op-1", "backupId": "b1", "location": "/api/operations/op-1", "operation": null}\
        """;

    static final String EMPTY_PAGE = "{\"items\": [], \"nextCursor\": null}";

    private Bodies() {}

    static String page(String... items) {
        return "{\"items\": [" + String.join(",", items) + "], \"nextCursor\": null}";
    }

    static String operation(String kind, String state, String problem) {
        boolean over = !state.equals("OPEN") && !state.equals("CLAIMED");
        return """
            {"id": "op-1", "database": "shop", "kind": "%s", "state": "%s", "over": %s, "attempts": 1,
             "attemptsLeft": 2, "cancelRequested": false, "paused": false, "requestedBy": "api",
             "openedAt": "2026-11-22T07:00:00Z", "notAfter": null, "claimedAt": null, "endedAt": null,
             "worker": "w-1", "labels": {}, "backupId": "b1", "progress": %s, "problem": %s,
             "command": {"target": "latest", "timeline": null, "host": "node-1", "directory": "/srv/r",
                         "tablespaces": {}, "noStart": false},
             "result": {"reachedLsn": "0/5"}, "stateVersion": 4711}\
            """.formatted(
                        kind,
                        state,
                        over,
                        state.equals("CLAIMED")
                                ? "{\"phase\": \"copying\", \"bytesDone\": 1000, \"bytesTotal\": 2000, \"lsn\": null,"
                                        + " \"at\": \"2026-11-22T07:00:13Z\"}"
                                : "null",
                        problem);
    }

    /// A completed restore that was to be planned only, with one check.
    static String planned(String outcome, String code) {
        return operation("RESTORE", "COMPLETED", "null")
                .replace("\"noStart\": false}", "\"noStart\": false, \"validateOnly\": true}")
                .replace("{\"reachedLsn\": \"0/5\"}", """
                    {"digest": "sha256:0123", "database": "shop", "system": "42", "major": 15, "backup": "b1",
                     "target": "latest", "exclusive": false, "stopAt": "after the record at 0/5", "timeline": 1,
                     "newTimeline": 2, "walFrom": "0/1", "consistentAt": "0/2", "walTo": "0/6", "walSegments": 3,
                     "walBytes": 48, "host": "node-1", "directory": "/srv/r", "tablespaces": {}, "mode": "empty",
                     "starts": true, "bytes": 1000,
                     "rooms": [{"filesystem": "/dev/sda", "uses": ["/srv/r"], "needed": 1, "free": 2}],
                     "expectedSeconds": 90, "measured": false, "present": null,
                     "vanishing": {"commits": 7, "first": "2026-11-22T07:00:00Z", "last": "2026-11-22T07:00:01Z",
                                   "upTo": "0/6", "text": "7 transactions were committed after the target"},
                     "connections": 0,
                     "checks": [{"name": "directory", "outcome": "%s", "value": "'/srv/r' will be made", "hint": "",
                                 "code": %s}],
                     "notes": []}\
                    """.formatted(outcome, code));
    }

    static String problem(int status, String code) {
        return """
            {"type": "urn:walkback:failure:%1$s", "title": "t", "status": %2$d, "detail": "it was %1$s",
             "code": "%1$s", "hint": "Do this.", "operationId": null}\
            """.formatted(code, status);
    }

    static String check(String status) {
        return """
            {"database": "shop", "status": "%1$s", "at": "2026-11-22T07:04:10Z", "checks": [
              {"id": "connection", "status": "ok", "seen": "connected", "remedy": null, "code": null},
              {"id": "wal_level", "status": "%1$s", "seen": "wal_level is minimal",
               "remedy": "ALTER SYSTEM SET wal_level = 'replica';\\nrestart the server", "code": null}]}\
            """.formatted(status);
    }
}
