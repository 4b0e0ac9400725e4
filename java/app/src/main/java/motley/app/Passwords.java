package motley.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Passwords and names as people type them, or as programs write them to standard input, a line
/// each. Contrary to the warning, JDK 25 gives null again where standard output is redirected.
@SuppressWarnings("SystemConsoleNull")
final class Passwords {
    private final BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    /// What is typed after a question.
    String ask(String question) {
        var terminal = System.console();
        if (terminal == null || !terminal.isTerminal()) return line(question);
        return required(question, terminal.readLine("%s: ", question));
    }

    /// What is typed after a question, unseen.
    String askSecret(String question) {
        var terminal = System.console();
        if (terminal == null || !terminal.isTerminal()) return line(question);
        var typed = terminal.readPassword("%s: ", question);
        return required(question, typed == null ? null : new String(typed));
    }

    /// A new password; typed twice, where it is typed.
    String askNew(String question) {
        var first = askSecret(question);
        var terminal = System.console();
        boolean isTyped = terminal != null && terminal.isTerminal();
        if (!isTyped || first.equals(askSecret("again"))) return first;
        throw new UserException("password: typed differently (expected: twice the same)");
    }

    private String line(String question) {
        try {
            return required(question, in.readLine());
        } catch (IOException e) {
            throw new UserException(question + ": not readable from standard input", e);
        }
    }

    private static String required(String question, @Nullable String line) {
        if (line != null && !line.isEmpty()) return line;
        throw new UserException(question + ": missing (expected: a line)");
    }
}
