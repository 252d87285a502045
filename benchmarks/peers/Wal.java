package peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Reception of WAL beside `pg_receivewal`, which writes it to a folder as it is: how fast each catches up with a
/// server that is ahead, and how far each is behind one that writes at a constant rate. In turns, each alone.
///
/// Walkback's walsender is stopped while the server gets ahead and while `pg_receivewal` works, so that both begin
/// with the same backlog, in the memory of the machine; the start of `pg_receivewal` is part of its time.
final class Wal {
    private static final double BACKLOG = 1e9;
    /// A hundred messages of this size a second are the constant rate.
    private static final int MESSAGE = 1_000_000;

    private static final int STEADY_SECONDS = 20;
    private static final String SLOT = "raw";
    private static final String WALKBACK = "walkback";
    private static final String RAW = "pg_receivewal";

    /// @param behind bytes that were not durable yet, at most
    private record Run(double bytes, double seconds, double own, double server, double behind) {}

    private interface Work {
        void run() throws Exception;
    }

    private final Cluster cluster;
    private final Walkback walkback;
    private final Path folder;
    private final Map<String, List<Run>> runs = new LinkedHashMap<>();

    private Wal(Options options, Cluster cluster, Walkback walkback) {
        this.cluster = cluster;
        this.walkback = walkback;
        this.folder = options.work().resolve(RAW);
    }

    static void run(Options options) throws Exception {
        try (Cluster cluster = Cluster.make(options);
                Walkback walkback = new Walkback(WALKBACK, options, cluster, null)) {
            new Wal(options, cluster, walkback).run(options.rounds());
        } finally {
            Processes.stopKept();
        }
    }

    private void run(int rounds) throws Exception {
        cluster.sql("SELECT pg_create_physical_replication_slot('" + SLOT + "', true)");
        // Half of it can be compressed away, about as much as of what pgbench writes.
        cluster.sql("DROP TABLE IF EXISTS message; CREATE TABLE message AS SELECT string_agg(md5(i::text), '') AS body"
                + " FROM generate_series(1, " + MESSAGE / 32 + ") AS i");
        cluster.sql("""
            CREATE OR REPLACE PROCEDURE write_steadily(INOUT behind numeric, INOUT written numeric) LANGUAGE plpgsql AS $$
            DECLARE
                began timestamptz := clock_timestamp();
                start pg_lsn := pg_current_wal_lsn();
                now_behind numeric;
            BEGIN
                behind := 0;
                FOR number IN 1 .. %d LOOP
                    PERFORM pg_logical_emit_message(true, 'rate', body) FROM message;
                    COMMIT;
                    SELECT pg_current_wal_flush_lsn() - flush_lsn INTO now_behind FROM pg_stat_replication
                        WHERE flush_lsn IS NOT NULL ORDER BY backend_start DESC LIMIT 1;
                    behind := greatest(behind, now_behind);
                    PERFORM pg_sleep(greatest(0,
                        number * 0.01 - extract(epoch FROM clock_timestamp() - began)::float));
                END LOOP;
                written := pg_current_wal_lsn() - start;
            END $$\
            """.formatted(100 * STEADY_SECONDS));
        walkback.begin();
        await("EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming')");
        for (int round = 0; round < rounds; round++) {
            long sender = Long.parseLong(cluster.sql("SELECT pid FROM pg_stat_replication"));
            signal("-STOP", sender);
            String start = cluster.sql("SELECT pg_current_wal_lsn()");
            String end = getAhead(start);
            if (round % 2 == 0) {
                catchUpRaw(start, end);
            }
            catchUp(sender, start, end);
            if (round % 2 != 0) {
                catchUpRaw(start, end);
            }
        }
        for (int round = 0; round < rounds; round++) {
            steady(WALKBACK, walkback.worker());
            // It must not begin with what was written since the last time.
            cluster.sql("SELECT pg_drop_replication_slot('" + SLOT + "')");
            cluster.sql("SELECT pg_create_physical_replication_slot('" + SLOT + "', true)");
            Processes.run(cluster.home(), "rm", "-rf", folder.toString());
            Processes.run(cluster.home(), "mkdir", folder.toString());
            Process receiver = Processes.keep(receiver("--synchronous").start());
            await("(SELECT count(*) = 2 FROM pg_stat_replication WHERE state = 'streaming')");
            steady(RAW, receiver.pid());
            Processes.stop(receiver);
        }
        print();
    }

    /// Makes the backlog and says where it ends: at the end of a segment.
    private String getAhead(String start) throws Exception {
        for (int part = 0;
                Double.parseDouble(cluster.sql("SELECT pg_current_wal_lsn() - '" + start + "'")) < BACKLOG;
                part = (part + 1) % 16) {
            cluster.sql("UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid % 16 = " + part);
        }
        return cluster.sql("SELECT pg_switch_wal()");
    }

    private void catchUp(long sender, String start, String end) throws Exception {
        measure("catch-up, " + WALKBACK, start, end, walkback.worker(), () -> {
            signal("-CONT", sender);
            await("EXISTS (SELECT FROM pg_stat_replication WHERE pid = " + sender + " AND flush_lsn >= '" + end + "')");
        });
    }

    private void catchUpRaw(String start, String end) throws Exception {
        Processes.run(cluster.home(), "rm", "-rf", folder.toString());
        Processes.run(cluster.home(), "mkdir", folder.toString());
        measure("catch-up, " + RAW, start, end, 0, () -> Processes.run(receiver("--no-loop", "--endpos", end)));
    }

    private ProcessBuilder receiver(String... more) {
        List<String> command = new ArrayList<>(List.of(
                cluster.tool(RAW),
                "-D",
                folder.toString(),
                "-S",
                SLOT,
                "-s",
                "1",
                "-h",
                "127.0.0.1",
                "-U",
                "postgres"));
        command.addAll(List.of("-p", "" + cluster.port()));
        command.addAll(List.of(more));
        return Processes.builder(cluster.home(), command);
    }

    private void measure(String what, String start, String end, long process, Work work) throws Exception {
        double own = own(process);
        double server = Processes.cpuOfTree(cluster.pid());
        long began = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - began) / 1e9;
        double bytes = Double.parseDouble(cluster.sql("SELECT '" + end + "'::pg_lsn - '" + start + "'"));
        keep(what, new Run(bytes, seconds, own(process) - own, Processes.cpuOfTree(cluster.pid()) - server, 0));
    }

    /// Of a process that lives, or, for 0, of those that were waited for.
    private static double own(long process) throws IOException {
        return process == 0 ? Processes.cpuOfReaped() : Processes.cpuOfTree(process);
    }

    /// Writes at a constant rate and asks all the while how far behind the newest receiver is.
    private void steady(String tool, long process) throws Exception {
        double own = own(process);
        double server = Processes.cpuOfTree(cluster.pid());
        long began = System.nanoTime();
        String answer = cluster.sql("CALL write_steadily(NULL, NULL)");
        double seconds = (System.nanoTime() - began) / 1e9;
        String[] values = answer.split("\\|");
        keep(
                "steady, " + tool,
                new Run(
                        Double.parseDouble(values[1]),
                        seconds,
                        own(process) - own,
                        Processes.cpuOfTree(cluster.pid()) - server,
                        Double.parseDouble(values[0])));
    }

    /// Waits for a condition within one session, so that asking costs next to nothing.
    private void await(String condition) throws Exception {
        cluster.sql("SET statement_timeout = '120s'; DO $$ BEGIN WHILE NOT (" + condition
                + ") LOOP PERFORM pg_sleep(0.01); PERFORM pg_stat_clear_snapshot(); END LOOP; END $$");
    }

    private void keep(String what, Run run) {
        System.err.printf(
                Locale.ROOT,
                "%s: %.0f MB in %.2f s, cpu %.2f s, server %.2f s, behind %.1f MB%n",
                what,
                run.bytes() / 1e6,
                run.seconds(),
                run.own(),
                run.server(),
                run.behind() / 1e6);
        runs.computeIfAbsent(what, _ -> new ArrayList<>()).add(run);
    }

    private void signal(String signal, long pid) throws IOException, InterruptedException {
        Processes.run(cluster.home(), "kill", signal, Long.toString(pid));
    }

    private void print() {
        // The result of a command line, for whoever asked.
        System.out.println("| medians of runs | runs | wall s | MB/s | CPU s | server CPU s | behind at most, MB |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
        runs.forEach((what, all) -> System.out.printf(
                Locale.ROOT,
                "| %s | %d | %.2f | %.0f | %.2f | %.2f | %.1f |%n",
                what,
                all.size(),
                median(all.stream().map(Run::seconds).toList()),
                median(all.stream()
                        .map(run -> run.bytes() / run.seconds() / 1e6)
                        .toList()),
                median(all.stream().map(Run::own).toList()),
                median(all.stream().map(Run::server).toList()),
                median(all.stream().map(run -> run.behind() / 1e6).toList())));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
