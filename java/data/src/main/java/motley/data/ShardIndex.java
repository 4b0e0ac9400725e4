package motley.data;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import motley.data.Column.Form;
import motley.tensor.Shape;

/// Where the samples of a data set lie: which shards, in which order, how many samples in each.
///
/// A shard is a blob of input rows followed by as many target rows, without a header; an index is a
/// text of few words a line, so that any language reads it without a library.
///
/// @param classes targets are below it; 0 where they are no classes
public record ShardIndex(SampleForm form, int classes, Part train, Part test) {
    /// Bytes an index may have.
    public static final int BYTES_MAX = 16 << 20;

    private static final String FIRST = "motley-shards 1";
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    public ShardIndex {
        require(classes >= 0, "classes: %d (expected: at least 0)", classes);
        require(train.count() >= 1, "train: no samples (expected: at least 1)");
    }

    /// Samples in one blob.
    ///
    /// @param sha256 the blob
    public record Shard(String sha256, int count) {
        public Shard {
            require(
                    SHA_256.matcher(sha256).matches(),
                    "shard: %s (expected: 64 hexadecimal digits)",
                    sha256);
            require(count >= 1, "shard: %d samples (expected: at least 1)", count);
        }
    }

    /// Samples to learn from, or to be judged by.
    public record Part(List<Shard> shards) {
        public Part {
            shards = List.copyOf(shards);
            long count = shards.stream().mapToLong(Shard::count).sum();
            require(count <= Integer.MAX_VALUE, "samples: %d (expected: under 2^31)", count);
        }

        public int count() {
            return shards.stream().mapToInt(Shard::count).sum();
        }

        /// These samples and then those.
        public Part plus(Part other) {
            var all = new ArrayList<>(shards);
            all.addAll(other.shards);
            return new Part(all);
        }
    }

    /// Bytes of a shard of so many samples.
    public long shardBytes(int count) {
        return (long) count * form.sizeBytes();
    }

    /// The shards of both parts.
    public List<Shard> shards() {
        return train.plus(test).shards();
    }

    public String text() {
        var text = new StringBuilder(FIRST).append('\n');
        line(text, "input", form.input());
        line(text, "target", form.target());
        text.append("classes ").append(classes).append('\n');
        for (var shard : train.shards()) line(text, "train", shard);
        for (var shard : test.shards()) line(text, "test", shard);
        return text.toString();
    }

    private static void line(StringBuilder text, String word, Column column) {
        text.append(word).append(' ').append(column.form().text());
        for (int dim : column.shape().dims()) text.append(' ').append(dim);
        text.append('\n');
    }

    private static void line(StringBuilder text, String word, Shard shard) {
        text.append(word).append(' ').append(shard.sha256()).append(' ').append(shard.count());
        text.append('\n');
    }

    /// Reads what [#text] wrote.
    ///
    /// @throws IllegalArgumentException naming the first line that is wrong
    public static ShardIndex parse(String text) {
        require(text.length() <= BYTES_MAX, "index: %d characters", text.length());
        return new Parser(text.split("\n", -1)).index();
    }

    private static final class Parser {
        private final String[] lines;
        private int at;

        Parser(String[] lines) {
            this.lines = lines;
        }

        ShardIndex index() {
            require(next().equals(FIRST), "index: line 1 (expected: %s)", FIRST);
            var form = new SampleForm(column("input"), column("target"));
            int classes = number(words("classes", 2)[1]);
            var train = part("train");
            var test = part("test");
            require(
                    at == lines.length - 1 && lines[at].isEmpty(),
                    "index: line %d (expected: the end)",
                    at + 1);
            return new ShardIndex(form, classes, train, test);
        }

        private String next() {
            require(at < lines.length, "index: %d lines (expected: more)", at);
            return lines[at++];
        }

        private String[] words(String first, int count) {
            var words = next().split(" ", -1);
            boolean fits = words[0].equals(first) && (count == 0 || words.length == count);
            require(fits, "index: line %d (expected: %s …)", at, first);
            return words;
        }

        private Column column(String first) {
            var words = words(first, 0);
            require(
                    words.length >= 2 && words.length - 2 < Shape.RANK_MAX,
                    "index: line %d (expected: a form and under %d sizes)",
                    at,
                    Shape.RANK_MAX);
            var dims = new ArrayList<Integer>();
            for (int i = 2; i < words.length; i++) {
                int dim = number(words[i]);
                require(dim >= 1, "index: line %d: size %d (expected: at least 1)", at, dim);
                dims.add(dim);
            }
            for (var form : Form.values()) {
                if (form.text().equals(words[1])) return new Column(form, new Shape(dims));
            }
            throw new IllegalArgumentException("index: line %d: form".formatted(at));
        }

        private Part part(String word) {
            var shards = new ArrayList<Shard>();
            while (at < lines.length && lines[at].startsWith(word + " ")) {
                var words = words(word, 3);
                shards.add(new Shard(words[1], number(words[2])));
            }
            return new Part(shards);
        }

        private int number(String digits) {
            boolean isNumber =
                    digits.matches("[0-9]{1,10}") && Long.parseLong(digits) <= Integer.MAX_VALUE;
            require(isNumber, "index: line %d: %s (expected: a whole number)", at, digits);
            return Integer.parseInt(digits);
        }
    }
}
