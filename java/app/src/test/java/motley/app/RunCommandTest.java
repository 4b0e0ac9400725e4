package motley.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `motley run FILE` does with somebody's program.
final class RunCommandTest {
    @TempDir private Path folder;

    private record Outcome(int code, String out, String err) {}

    @Test
    void aCompactSourceFileRunsWithMotleyAtHand() throws IOException {
        var outcome =
                run(
                        "Compact.java",
                        """
                        import motley.tensor.*;

                        void main() {
                            IO.println(Shape.of(2, 3).count());
                        }
                        """);
        assertThat(outcome).isEqualTo(new Outcome(0, "6\n", ""));
    }

    @Test
    void argumentsReachMainEvenIfTheyLookLikeOptions() throws IOException {
        var outcome =
                run(
                        "Plain.java",
                        """
                        class Plain {
                            public static void main(String[] arguments) {
                                System.out.println(String.join(" ", arguments));
                            }
                        }
                        """,
                        "one",
                        "--help");
        assertThat(outcome).isEqualTo(new Outcome(0, "one --help\n", ""));
    }

    @Test
    void errorsOfTheCompilerNameTheLine() throws IOException {
        var outcome = run("Broken.java", "void main() {\n    int x = \"text\";\n}\n");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("Broken.java:2: error", "does not compile");
    }

    @Test
    void whatAProgramThrowsEndsAtItsMain() throws IOException {
        var outcome =
                run("Thrower.java", "void main() {\n    throw new ArithmeticException();\n}\n");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err())
                .startsWith("java.lang.ArithmeticException")
                .contains("Thrower.java:2")
                .doesNotContain("RunCommand");
    }

    @Test
    void whatCannotRunIsNamed() throws IOException {
        assertThat(run("Empty.java", "class Empty {}").err())
                .isEqualTo("motley: Empty: no main (expected: void main())\n");
        assertThat(run("Other.java", "class Another {}").err())
                .contains("Other.java: no class Other (expected: one, or a compact source file");
        assertThat(motley("run", folder.resolve("None.java").toString()).err())
                .contains("None.java: missing (expected: a file that ends in .java)");
    }

    private Outcome run(String name, String source, String... arguments) throws IOException {
        var file = folder.resolve(name);
        Files.writeString(file, source);
        var all = new String[arguments.length + 2];
        all[0] = "run";
        all[1] = file.toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return motley(all);
    }

    private static Outcome motley(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new StringWriter();
        var before = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            var commandLine = Main.commandLine().setErr(new PrintWriter(err, true));
            int code = commandLine.execute(args);
            return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString());
        } finally {
            System.setOut(before);
        }
    }
}
