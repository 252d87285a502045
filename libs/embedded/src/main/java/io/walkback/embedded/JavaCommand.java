package io.walkback.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The Java program of the JVM that this process runs on.
public final class JavaCommand {
    private JavaCommand() {}

    /// `java` with a heap limit and the serial collector, the smallest footprint for a part beside others on one
    /// machine.
    public static List<String> with(int heapMegabytes, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + heapMegabytes + "m");
        command.add("-XX:+UseSerialGC");
        command.addAll(arguments);
        return List.copyOf(command);
    }
}
