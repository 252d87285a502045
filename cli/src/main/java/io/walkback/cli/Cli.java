package io.walkback.cli;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import java.time.Clock;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/// The whole command line: arguments in, exit code out.
final class Cli {
    private static final Logger LOG = LoggerFactory.getLogger(Cli.class);

    private final Terminal terminal;
    private final CommandLine commands;

    Cli(Map<String, String> environment, Terminal terminal, Clock clock) {
        this.terminal = terminal;
        Root root = new Root();
        Session session = new Session(Map.copyOf(environment), terminal, clock, root);
        commands = new CommandLine(root)
                .addSubcommand(new DemoCommand(session))
                .addSubcommand(new UpCommand(session))
                .addSubcommand(new DatabaseCommands(session))
                .addSubcommand(new BackupCommands(session))
                .addSubcommand(new DrillCommands(session))
                .addSubcommand(new RestoreCommand(session))
                .addSubcommand(new ExtractCommand(session))
                .addSubcommand(new PolicyCommands(session))
                .addSubcommand(new ExpireCommand(session))
                .addSubcommand(new HoldCommands.Hold(session))
                .addSubcommand(new HoldCommands.Release(session))
                .addSubcommand(new OperationCommands(session))
                .addSubcommand(new InfoCommand(session))
                .addSubcommand(new StatusCommand(session))
                .addSubcommand(new WindowCommand(session))
                .addSubcommand(new RepositoryCommands(session))
                .addSubcommand(new CatalogCommands(session))
                .addSubcommand(new KeyCommands(session))
                .addSubcommand(new AlertCommands(session))
                .addSubcommand(new WalCommands(session))
                .setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((refused, _) -> usage(refused))
                .setExecutionExceptionHandler((failure, _, _) -> failed(failure));
    }

    CommandLine commands() {
        return commands;
    }

    int run(String... args) {
        if (args.length == 0) {
            commands.usage(terminal.err());
            return ExitCode.USAGE;
        }
        int code = commands.execute(args);
        terminal.out().flush();
        terminal.err().flush();
        return terminal.out().checkError() && code == ExitCode.OK ? ExitCode.FAILED : code;
    }

    private int usage(ParameterException refused) {
        String command = refused.getCommandLine().getCommandSpec().qualifiedName();
        terminal.fail(
                FailureCode.REQUEST_INVALID, String.valueOf(refused.getMessage()), "See '" + command + " --help'.");
        return ExitCode.USAGE;
    }

    private int failed(Exception failure) {
        return switch (failure) {
            case PlatformException fault -> {
                LOG.atDebug().setCause(fault).log("failed");
                terminal.fail(fault.code(), fault.text(), fault.hint());
                yield ExitCode.of(fault.code());
            }
            case InterruptedException _ -> {
                terminal.say("interrupted");
                yield ExitCode.INTERRUPTED;
            }
            default -> {
                LOG.atError().setCause(failure).log("failed");
                terminal.fail(
                        FailureCode.INTERNAL,
                        failure.getClass().getSimpleName() + ": " + failure.getMessage(),
                        "This is a fault of ours. Set WALKBACK_LOG_LEVEL=DEBUG, run it again and report it.");
                yield ExitCode.FAILED;
            }
        };
    }
}
