package motley.app;

import java.io.PrintWriter;
import java.net.ProxySelector;
import java.util.List;
import java.util.Objects;
import motley.data.DatasetException;
import motley.worker.NoCoordinatorException;
import motley.worker.TurnedAwayException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line. The only place that chooses implementations.
@Command(
        name = "motley",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Trains and runs neural networks on the devices you already own.",
        footerHeading = "%nBegin with:%n",
        footer = {
            "  motley train mnist-cnn --data mnist --epochs 2 --local-devices 2",
            "",
            "Or with several machines:",
            "  motley serve                          on one of them",
            "  motley join                           on the others",
            "  motley train mnist-cnn --data mnist   on any of them",
        })
public final class Main implements Runnable {
    /// A caller's error or a failure that is explained in one line.
    private static final int FAILED = 1;

    private static final List<Class<?>> COMMANDS =
            List.of(
                    TrainCommand.class,
                    ServeCommand.class,
                    JoinCommand.class,
                    DevicesCommand.class,
                    CreditsCommand.class,
                    RunsCommand.class,
                    ProjectCommand.class,
                    WatchCommand.class,
                    ContinueCommand.class,
                    PauseCommand.class,
                    ResumeCommand.class,
                    SetCommand.class,
                    StopCommand.class,
                    DownloadCommand.class,
                    PredictCommand.class,
                    EvaluateCommand.class,
                    DatasetCommand.class,
                    ModelCommand.class,
                    RunCommand.class,
                    BenchCommand.class,
                    EngineCommand.class,
                    DoctorCommand.class,
                    SimulateCommand.class,
                    AttacksCommand.class,
                    LoadCommand.class,
                    RehearseCommand.class,
                    LoginCommand.class,
                    LogoutCommand.class,
                    AccountCommand.class,
                    InviteCommand.class,
                    TokenCommand.class);

    /// Failures whose message is written for people.
    private static final List<Class<?>> EXPECTED =
            List.of(
                    UserException.class,
                    DatasetException.class,
                    NoCoordinatorException.class,
                    TurnedAwayException.class);

    /// Set by picocli before anything runs.
    @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        int code = usesProxies() ? execute(args) : FAILED;
        System.exit(code);
    }

    /// @return false, having said so, if the environment names a proxy that cannot be used
    private static boolean usesProxies() {
        try {
            Proxies.of(System.getenv()).ifPresent(ProxySelector::setDefault);
            return true;
        } catch (IllegalArgumentException e) {
            System.err.println("motley: " + e.getMessage());
            return false;
        }
    }

    /// @return the exit code
    static int execute(String... args) {
        return commandLine(args).execute(args);
    }

    /// What reads `args`.
    static CommandLine commandLine(String... args) {
        var commandLine = new CommandLine(new Main());
        named(args).forEach(commandLine::addSubcommand);
        commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler(Main::explain);
        // What follows the file is the program's, options too.
        var run = commandLine.getSubcommands().get("run");
        if (run != null) run.setStopAtPositional(true);
        return commandLine;
    }

    /// The one command that `args` name; all of them where it takes all to help.
    ///
    /// Reading what every command says about itself would cost each start some 150 ms.
    private static List<Class<?>> named(String[] args) {
        for (var command : COMMANDS) {
            var name = command.getAnnotation(Command.class).name();
            if (args.length > 0 && name.equals(args[0])) return List.of(command);
        }
        return COMMANDS;
    }

    /// Without a command there is nothing to do but teach.
    @Override
    public void run() {
        Objects.requireNonNull(spec).commandLine().usage(System.out);
    }

    private static int explain(
            Exception failure, CommandLine commandLine, CommandLine.ParseResult result) {
        boolean isExpected =
                failure instanceof IllegalArgumentException
                        || EXPECTED.contains(failure.getClass());
        PrintWriter err = commandLine.getErr();
        if (isExpected) {
            err.println("motley: " + failure.getMessage());
        } else {
            err.println("motley: unexpected failure, please report it with the lines below");
            failure.printStackTrace(err);
        }
        return FAILED;
    }
}
