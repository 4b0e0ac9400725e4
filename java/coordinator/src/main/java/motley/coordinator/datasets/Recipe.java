package motley.coordinator.datasets;

import static motley.tensor.Require.require;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import motley.coordinator.http.JsonFields;
import motley.coordinator.http.Reply;
import motley.data.SampleFiles;

/// Of what a version is made, and how.
///
/// @param files uploads: one of samples, or one of inputs and one of targets
/// @param testFiles likewise; may be empty
/// @param testShare of the samples that becomes test samples, where no files say which
/// @param seed which ones
record Recipe(
        List<String> files,
        List<String> testFiles,
        double testShare,
        long seed,
        SampleFiles.Options options) {
    static final Set<String> FIELDS =
            Set.of(
                    "files",
                    "testFiles",
                    "testShare",
                    "seed",
                    "inputs",
                    "targets",
                    "header",
                    "labelColumn",
                    "drop",
                    "scale",
                    "rows",
                    "cols",
                    "channels");

    private static final double SHARE_MAX = 0.9;

    Recipe {
        files = List.copyOf(files);
        testFiles = List.copyOf(testFiles);
        require(
                files.size() == 1 || files.size() == 2,
                "files: %d (expected: 1 of samples, or 2, of inputs and of targets)",
                files.size());
        require(
                testFiles.isEmpty() || testFiles.size() == files.size(),
                "testFiles: %d (expected: none, or as many as files, %d)",
                testFiles.size(),
                files.size());
        require(
                testShare >= 0 && testShare <= SHARE_MAX,
                "testShare: %s (expected: 0 to %s)",
                testShare,
                SHARE_MAX);
    }

    /// `FIELDS` and others.
    static Set<String> fieldsAnd(String other) {
        var fields = new TreeSet<>(FIELDS);
        fields.add(other);
        return fields;
    }

    static Recipe of(JsonFields fields) {
        var usual = SampleFiles.Options.USUAL;
        var options =
                new SampleFiles.Options(
                        fields.optionalText("inputs").orElse(usual.inputs()),
                        fields.optionalText("targets").orElse(usual.targets()),
                        fields.optionalText("header").orElse(usual.header()),
                        fields.optionalText("labelColumn").orElse(usual.labelColumn()),
                        fields.texts("drop"),
                        fields.flag("scale", false),
                        small(fields, "rows", 0),
                        small(fields, "cols", 0),
                        small(fields, "channels", usual.channels()));
        return new Recipe(
                fields.texts("files"),
                fields.texts("testFiles"),
                fields.number("testShare", 0.1),
                fields.integer("seed", 0),
                options);
    }

    private static int small(JsonFields fields, String name, int usual) {
        return (int) Math.clamp(fields.integer(name, usual), -1L, Integer.MAX_VALUE);
    }

    ObjectNode json() {
        var object =
                Reply.object()
                        .put("testShare", testShare)
                        .put("seed", seed)
                        .put("inputs", options.inputs())
                        .put("targets", options.targets())
                        .put("header", options.header())
                        .put("labelColumn", options.labelColumn())
                        .put("scale", options.isScaled())
                        .put("rows", options.rows())
                        .put("cols", options.cols())
                        .put("channels", options.channels());
        files.forEach(object.putArray("files")::add);
        testFiles.forEach(object.putArray("testFiles")::add);
        options.drop().forEach(object.putArray("drop")::add);
        return object;
    }
}
