package motley.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/// A module may depend on lower ranks only: no cycles, and siblings do not see each other.
final class TidyModules {
    private static final Map<String, Integer> RANKS =
            Map.ofEntries(
                    Map.entry("tensor", 0),
                    Map.entry("program", 1),
                    Map.entry("compiler", 2),
                    Map.entry("nn", 2),
                    Map.entry("rounds", 2),
                    Map.entry("data", 2),
                    Map.entry("interchange", 3),
                    Map.entry("cpu", 3),
                    Map.entry("webgpu", 3),
                    Map.entry("wasm", 3),
                    Map.entry("wire", 3),
                    Map.entry("training", 4),
                    Map.entry("worker", 4),
                    Map.entry("coordinator", 4),
                    Map.entry("simulation", 5),
                    Map.entry("app", 6),
                    // Not part of the product; they look at it.
                    Map.entry("tidy", 7),
                    Map.entry("fuzz", 6),
                    Map.entry("format", 6));

    private static final Pattern REQUIRES =
            Pattern.compile("requires\\s+(?:transitive\\s+|static\\s+)*motley\\.(\\w+)\\s*;");

    @Test
    void everyModuleHasARank() throws Exception {
        assertThat(RANKS).containsKeys(Tree.modules().toArray(String[]::new));
    }

    @Test
    void modulesDependOnLowerRanks() throws Exception {
        var violations = new ArrayList<String>();
        for (var module : Tree.modules()) {
            var folder = Tree.ROOT.resolve("java").resolve(module);
            violations.addAll(climbs(module, inPom(Files.readString(folder.resolve("pom.xml")))));
            var descriptor = folder.resolve("src/main/java/module-info.java");
            if (Files.exists(descriptor)) {
                violations.addAll(climbs(module, inDescriptor(Files.readString(descriptor))));
            }
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void siblingInAPomIsFound() throws Exception {
        var pom =
                """
                <project><parent><artifactId>motley</artifactId></parent><dependencies><dependency>
                <groupId>motley</groupId><artifactId>motley-cpu</artifactId></dependency>
                </dependencies></project>
                """;
        assertThat(climbs("wire", inPom(pom))).containsExactly("wire (rank 3) needs cpu (rank 3)");
    }

    @Test
    void climbInADescriptorIsFound() {
        var descriptor = "module motley.tensor { requires transitive motley.program; }";
        assertThat(climbs("tensor", inDescriptor(descriptor)))
                .containsExactly("tensor (rank 0) needs program (rank 1)");
    }

    private static List<String> climbs(String module, List<String> needed) {
        int rank = RANKS.getOrDefault(module, 0);
        return needed.stream()
                .filter(other -> !other.equals(module) && RANKS.getOrDefault(other, 0) >= rank)
                .map(other -> describe(module, rank, other))
                .toList();
    }

    private static String describe(String module, int rank, String other) {
        return "%s (rank %d) needs %s (rank %d)"
                .formatted(module, rank, other, RANKS.getOrDefault(other, 0));
    }

    private static List<String> inPom(String pom) throws Exception {
        var bytes = new ByteArrayInputStream(pom.getBytes(StandardCharsets.UTF_8));
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(bytes);
        var dependencies = document.getElementsByTagName("dependency");
        var modules = new ArrayList<String>();
        for (int i = 0; i < dependencies.getLength(); i++) {
            var dependency = (Element) dependencies.item(i);
            var artifact = dependency.getElementsByTagName("artifactId").item(0).getTextContent();
            if (artifact.startsWith("motley-")) modules.add(artifact.substring("motley-".length()));
        }
        return modules;
    }

    private static List<String> inDescriptor(String descriptor) {
        return REQUIRES.matcher(descriptor).results().map(match -> match.group(1)).toList();
    }
}
