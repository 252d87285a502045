package peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;

/// Starts programs as the account that owns the cluster, and reads what they cost from `/proc`.
final class Processes {
    private static final String ACCOUNT = "postgres";
    private static final double TICKS_PER_SECOND = 100;
    private static final int PAGE_KIB = 4;
    private static final ConcurrentLinkedDeque<Process> KEPT = new ConcurrentLinkedDeque<>();

    private Processes() {}

    /// The command, as the unprivileged account if this process is root: PostgreSQL refuses root.
    static ProcessBuilder builder(Path home, List<String> command) {
        List<String> all = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            all.addAll(List.of("setpriv", "--reuid=" + ACCOUNT, "--regid=" + ACCOUNT, "--init-groups"));
        }
        all.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(all).directory(home.toFile());
        builder.environment().put("HOME", home.toString());
        return builder;
    }

    /// Runs a program to its end and returns what it printed on standard output.
    static String run(Path home, String... command) throws IOException, InterruptedException {
        return run(builder(home, List.of(command)));
    }

    /// The same with a prepared command.
    static String run(ProcessBuilder builder) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("peers", ".err");
        try {
            Process process = builder.redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", builder.command()) + " ended with " + process.exitValue() + ": "
                        + Files.readString(errors) + out);
            }
            return out;
        } finally {
            Files.delete(errors);
        }
    }

    /// A folder below `home/restored` that was never there before. What an earlier restore wrote is kept until the
    /// round's end where there is room for three more: ext4 searches long for room for thousands of files while as
    /// many were deleted just now.
    static Path fresh(Path home, Cluster cluster) throws IOException, InterruptedException {
        Path all = home.resolve("restored");
        if (Files.getFileStore(home).getUsableSpace() < 3 * cluster.bytes()) {
            run(home, "rm", "-rf", all.toString());
        }
        run(home, "mkdir", "-p", "-m", "700", all.toString());
        return all.resolve(Long.toString(System.nanoTime()));
    }

    /// A process that lives until it is stopped, or until this one is.
    static Process keep(Process process) {
        KEPT.push(process);
        return process;
    }

    /// Stops what is left, the newest first.
    static void stopKept() {
        for (Process process = KEPT.poll(); process != null; process = KEPT.poll()) {
            stop(process);
        }
    }

    /// Sends a signal to a process and its descendants.
    static void signal(String signal, Process process) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", signal, Long.toString(process.pid())));
        process.descendants().forEach(child -> command.add(Long.toString(child.pid())));
        Process kill = new ProcessBuilder(command).inheritIO().start();
        if (kill.waitFor() != 0 && process.isAlive()) {
            throw new IOException(String.join(" ", command) + " ended with " + kill.exitValue());
        }
    }

    /// Ends a process in an orderly way, and waits for it.
    static void stop(Process process) {
        KEPT.remove(process);
        try {
            // One that is held would not hear of it.
            signal("-CONT", process);
        } catch (IOException | InterruptedException failed) {
            System.err.println("process " + process.pid() + " ends late: " + failed);
        }
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /// Processor seconds of a living process, its living descendants and those of its children that it has reaped.
    static double cpuOfTree(long pid) throws IOException {
        double sum = cpu(pid, true);
        for (ProcessHandle child : ProcessHandle.of(pid)
                .map(ProcessHandle::descendants)
                .orElseThrow()
                .toList()) {
            sum += cpu(child.pid(), true);
        }
        return sum;
    }

    /// Processor seconds of all children that this process has reaped, with theirs.
    static double cpuOfReaped() throws IOException {
        String[] stat = stat(ProcessHandle.current().pid());
        return (Long.parseLong(stat[13]) + Long.parseLong(stat[14])) / TICKS_PER_SECOND;
    }

    /// Processor seconds that the machine has spent on anything.
    static double cpuOfMachine() throws IOException {
        String[] all = Files.readAllLines(Path.of("/proc/stat")).getFirst().split("\\s+");
        long busy = 0;
        for (int field : new int[] {1, 2, 3, 6, 7, 8}) {
            busy += Long.parseLong(all[field]);
        }
        return busy / TICKS_PER_SECOND;
    }

    static double cpuOfThis() throws IOException {
        return cpu(ProcessHandle.current().pid(), false);
    }

    /// Resident memory of a process and its descendants, in KiB.
    static long residentKiB(ProcessHandle process) {
        long sum = resident(process.pid());
        for (ProcessHandle child : process.descendants().toList()) {
            sum += resident(child.pid());
        }
        return sum;
    }

    private static long resident(long pid) {
        try {
            String[] statm =
                    Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ");
            // Shared pages (a server's buffers, a library's code) would be counted once for each process.
            return (Long.parseLong(statm[1]) - Long.parseLong(statm[2])) * PAGE_KIB;
        } catch (IOException ended) {
            return 0;
        }
    }

    private static double cpu(long pid, boolean withReaped) throws IOException {
        try {
            String[] stat = stat(pid);
            long ticks = Long.parseLong(stat[11]) + Long.parseLong(stat[12]);
            if (withReaped) {
                ticks += Long.parseLong(stat[13]) + Long.parseLong(stat[14]);
            }
            return ticks / TICKS_PER_SECOND;
        } catch (NoSuchFileException ended) {
            return 0;
        }
    }

    /// The fields after the program's name, which may hold blanks.
    private static String[] stat(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }
}
