package io.walkback.cli;

import io.walkback.standalone.demo.Demo;
import io.walkback.standalone.demo.DemoOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The whole story, unattended.
@Command(
        name = "demo",
        description = "A database, live writes, a disaster, and the way back to the second before; compares every row.")
final class DemoCommand implements Callable<Integer> {
    private final Session session;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the report there.")
    private @Nullable Path json;

    @Option(names = "--major", paramLabel = "VERSION", description = "PostgreSQL 15 or 18 (18).")
    private int major = DemoOptions.DEFAULT.major();

    @Option(names = "--keep", description = "Keeps the folder also when every check held.")
    private boolean keep;

    DemoCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        Built built = Built.ofThisProcess();
        Demo demo = new Demo(
                new DemoOptions(major, Optional.ofNullable(json).map(Path::toAbsolutePath), keep),
                built.root(),
                built.parts(),
                session.clock(),
                line -> {
                    session.terminal().out().println(line);
                    session.terminal().out().flush();
                },
                session.terminal()::say);
        return demo.run().passed() ? ExitCode.OK : ExitCode.FAILED;
    }
}
