package motley.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The printed form of every op, kept in a file that is reviewed like code. After an intended
/// change: `mvn -q -pl java/program test -Dtest=PrinterGolden -Dgolden=update`.
final class PrinterGolden {
    private static final Path GOLDEN = Path.of("src/test/resources/motley/program/every-op.txt");

    @Test
    void everyOpIsPrintedAsBefore() throws IOException {
        var text = Printer.print(everyOp());
        if (System.getProperty("golden", "check").equals("update")) {
            Files.writeString(GOLDEN, text);
        }
        assertThat(text).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void theGoldenFileIsReadBack() throws IOException {
        assertThat(Parser.parse(Files.readString(GOLDEN))).isEqualTo(everyOp());
    }

    /// Every use, each on the params of its types, with every last value as result.
    private static Program everyOp() {
        var b = new ProgramBuilder();
        var types = EveryOp.uses().stream().flatMap(use -> use.in().stream()).distinct();
        var params = types.map(b::param).collect(Collectors.toMap(Var::type, param -> param));
        var results = new ArrayList<Var>();
        for (var use : EveryOp.uses()) {
            var in = use.in().stream().map(params::get).toArray(Var[]::new);
            results.add(b.apply(use.op(), in));
        }
        return b.build(List.copyOf(results));
    }
}
