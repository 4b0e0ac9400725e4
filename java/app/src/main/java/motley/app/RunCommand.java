package motley.app;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Runs somebody's own Java program with Motley as its library.
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Compiles a Java program of one file and runs it, with all of Motley at",
            "hand. A compact source file will do: imports, and void main() { … }.",
            "Nothing is written to the disk.",
            "",
            "The system property motley.datasets names the folder that",
            "`motley data fetch` fills.",
            "The exit code is 1 when the program does not compile or throws."
        },
        footerHeading = "%nFor instance, from a copy of the sources:%n",
        footer = {"  motley run docs/learn/code/ByHand.java"})
final class RunCommand implements Callable<Integer> {
    /// Set by picocli before anything runs.
    @Spec private @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "a Java source file")
    private Path file = Path.of("");

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "ARGUMENT",
            description = "what its main is given")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        var err = Objects.requireNonNull(spec).commandLine().getErr();
        var program = SourceProgram.compile(file, err);
        System.setProperty("motley.datasets", Home.ofThisProcess().datasets().toString());
        try {
            program.run(arguments.toArray(String[]::new));
            return 0;
        } catch (InvocationTargetException e) {
            explain(Objects.requireNonNull(e.getCause()), err);
            return 1;
        }
    }

    /// The trace down to the program's `main`; below it is only what called it.
    private static void explain(Throwable thrown, PrintWriter err) {
        for (var cause = thrown; cause != null; cause = cause.getCause()) {
            var trace = List.of(cause.getStackTrace());
            var frames =
                    trace.stream()
                            .takeWhile(f -> !f.getClassName().startsWith("jdk.internal.reflect."))
                            .toArray(StackTraceElement[]::new);
            cause.setStackTrace(frames);
        }
        thrown.printStackTrace(err);
        err.flush();
    }
}
