package io.walkback.standalone.demo;

import static io.walkback.standalone.demo.Registrations.BROKEN;
import static io.walkback.standalone.demo.Registrations.SHOP;

import io.walkback.client.BackupForm;
import io.walkback.client.BackupView;
import io.walkback.client.OperationView;
import io.walkback.client.WalkbackClient;
import io.walkback.standalone.up.Up;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.generic.GenericRecord;
import tools.jackson.databind.JsonNode;

/// Backups: two that succeed, one whose worker is killed, one that cannot succeed, and what the catalog says of
/// all.
///
/// @param api           of the platform
/// @param topics        read as a stranger would
/// @param registrations of the demo's database
record BackupChapter(
        WalkbackClient api, TopicReader topics, Registrations registrations, Measured measured, Clock clock) {
    /// What the demo fills its database with at least.
    static final long LEAST_BYTES = 200_000_000;
    /// P10: a detected failure reaches a person within this time.
    private static final Duration ALERTED = Duration.ofSeconds(60);
    /// A third of the speed that the disks here have, so that there is a middle to kill a worker in.
    private static final int SLOW_KILOBYTES = 40_000;

    void first(Figures figures) throws InterruptedException {
        figuresOf(measured.backup(Platform.backup(api, SHOP)), figures);
    }

    void second(Figures figures) throws InterruptedException {
        figuresOf(measured.backup(Platform.backup(api, SHOP)), figures);
        long first = measured.backups().getFirst().storedBytes();
        long again = measured.backups().getLast().storedBytes();
        figures.put("ofFirst", (double) again / first);
        CheckFailed.unless(again < first / 4, "it stored " + again + " bytes, the first one " + first);
    }

    private static void figuresOf(BackupView backup, Figures figures) {
        figures.put("id", backup.id())
                .put("bytes", Objects.requireNonNull(backup.sizeBytes()))
                .put("storedBytes", Objects.requireNonNull(backup.storedBytes()))
                .put("pageChecksumErrors", Objects.requireNonNull(backup.pageChecksumErrors()));
        CheckFailed.unless(backup.state().equals("COMPLETED"), "the catalog has it as " + backup.state());
        CheckFailed.unless(
                Objects.requireNonNull(backup.pageChecksumErrors()) == 0, "pages do not match their checksums");
        CheckFailed.unless(Objects.requireNonNull(backup.sizeBytes()) >= LEAST_BYTES, "it is too small");
    }

    void kill(Up up, Figures figures) throws Exception {
        api.register(registrations.slowShop(SLOW_KILOBYTES));
        String id = api.createBackup(BackupForm.of(SHOP), null).operationId();
        OperationView running = Waiting.until("a backup in the middle", Duration.ofSeconds(30), () -> {
            OperationView now = api.operation(id);
            CheckFailed.unless(!now.over(), "the backup ended " + now.state() + " before its worker could be killed");
            OperationView.Progress at = now.progress();
            return at != null && at.bytesDone() > 0 ? Optional.of(now) : Optional.empty();
        });
        up.kill("backup-worker");
        long killed = System.nanoTime();
        OperationView ended = Platform.completed(Platform.await(api, id));
        BackupView backup = measured.backup(api.backup(id, SHOP));
        long completions = Waiting.until("the fact of the completion", Duration.ofSeconds(10), () -> completions(id));
        figures.put("id", id)
                .put("bytesAtKill", Objects.requireNonNull(running.progress()).bytesDone())
                .put("attempts", ended.attempts())
                .put("secondsAfterKill", (System.nanoTime() - killed) / 1e9)
                .put("completions", completions);
        CheckFailed.unless(ended.attempts() == 2, "it took " + ended.attempts() + " attempts");
        CheckFailed.unless(completions == 1, "it completed " + completions + " times");
        CheckFailed.unless(
                !Objects.equals(running.worker(), ended.worker()), "the worker that was killed completed it");
        CheckFailed.unless(backup.state().equals("COMPLETED"), "the catalog has it as " + backup.state());
    }

    /// How often the topic says that it completed; empty: not yet.
    private Optional<Long> completions(String backup) {
        long count = topics.all("backup-completed").stream()
                .map(read -> Objects.requireNonNull(read.value()))
                .filter(fact -> backup.contentEquals((CharSequence) fact.get("backupId")))
                .count();
        return count > 0 ? Optional.of(count) : Optional.empty();
    }

    void fail(CaptureEndpoint capture, Figures figures) throws Exception {
        api.register(registrations.broken());
        String id = api.createBackup(BackupForm.of(BROKEN), null).operationId();
        OperationView ended = Platform.await(api, id);
        OperationView.Problem problem = ended.problem();
        CheckFailed.unless(
                ended.state().equals("FAILED")
                        && problem != null
                        && problem.code().equals("POSTGRES_AUTHENTICATION"),
                "a backup with a wrong password ended " + ended.state() + ", " + problem);
        JsonNode event =
                Waiting.until("an event for PagerDuty", ALERTED, () -> about(capture.pagerDuty(), "/payload/source"));
        JsonNode message = Waiting.until("a message to Slack", ALERTED, () -> about(capture.slack(), "/text"));
        Instant failed = Objects.requireNonNull(ended.endedAt(), "endedAt of an operation that is over");
        figures.put("code", Objects.requireNonNull(problem).code())
                .put("secondsToAlert", Measured.seconds(failed, clock.instant()))
                .put("slack", message.at("/text").asString())
                .put("pagerDuty", event.at("/dedup_key").asString());
        CheckFailed.unless(
                event.at("/event_action").asString().equals("trigger"), "PagerDuty was told something else: " + event);
    }

    private static Optional<JsonNode> about(List<JsonNode> told, String where) {
        return told.stream()
                .filter(one -> one.at(where).asString("").contains(BROKEN))
                .findFirst();
    }

    /// What the catalog topic says in the end, per key, against what the API says.
    void catalog(Figures figures) throws InterruptedException {
        Map<String, String> read = new TreeMap<>();
        Map<String, Long> newest = new HashMap<>();
        List<TopicReader.Read> records = topics.all("backup-catalog");
        for (TopicReader.Read one : records) {
            GenericRecord entry = one.value();
            long version = entry == null ? Long.MAX_VALUE : (Long) entry.get("stateVersion");
            if (entry != null && version >= newest.getOrDefault(one.key(), Long.MIN_VALUE)) {
                newest.put(one.key(), version);
                read.put(String.valueOf(entry.get("backupId")), String.valueOf(entry.get("status")));
            }
        }
        Map<String, String> told = new TreeMap<>();
        api.backups(null, null, null, null).forEach(backup -> told.put(backup.id(), backup.state()));
        figures.put("records", records.size()).put("backups", read.size());
        CheckFailed.unless(read.equals(told), "the topic says " + read + ", the API says " + told);
        CheckFailed.unless(
                read.values().stream().filter("COMPLETED"::equals).count()
                                == measured.backups().size()
                        && read.values().stream().filter("FAILED"::equals).count() == 1,
                "the catalog has " + read);
    }
}
