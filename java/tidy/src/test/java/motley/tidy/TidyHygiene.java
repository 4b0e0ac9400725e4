package motley.tidy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Nothing in the repository depends on the machine that it was written on.
final class TidyHygiene {
    /// Homes of people; and hosts that packages come from, which are each installation's choice.
    /// In parts, so that this file keeps the rule it states.
    private static final Pattern LOCAL =
            Pattern.compile(
                    "(?<![\\w.])/(ho"
                            + "me|Us"
                            + "ers)/[a-z]\\w*|(?<![\\w.])/ro"
                            + "ot/"
                            + "|registry\\.(npm"
                            + "js|yarn"
                            + "pkg)|repo1?\\.ma"
                            + "ven\\."
                            + "|pyp"
                            + "i\\.org|files\\.python"
                            + "hosted");

    @Test
    void textsNameNoMachine() throws IOException {
        var violations = new ArrayList<String>();
        // What is looked for is ASCII; not every file without a zero is UTF-8.
        for (var file : Tree.texts()) {
            for (var violation : violations(Files.readString(file, ISO_8859_1))) {
                violations.add(Tree.name(file) + ": " + violation);
            }
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void homeIsFound() {
        assertThat(violations("cp /ho" + "me/ada/model .")).hasSize(1);
        assertThat(violations("cd /ro" + "ot/x")).hasSize(1);
        assertThat(violations("GET /v1/ho" + "me/page")).isEmpty();
    }

    @Test
    void registryIsFound() {
        assertThat(violations("\"resolved\": \"https://registry.npm" + "js.org/vite\"")).hasSize(1);
    }

    private static List<String> violations(String text) {
        return LOCAL.matcher(text).results().map(match -> match.group()).toList();
    }
}
