package motley.interchange.keras;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import motley.tensor.Shape;

/// A file of HDF5 from a stranger: only what is asked for by name is looked at, link by link is
/// refused, and nothing is read before its size is known to be the expected one.
///
/// Source: The HDF Group, "HDF5 file format specification", 3.0; the bytes are read by jHDF.
final class Hdf5File implements AutoCloseable {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

    private static final int NAMES_MAX = 1 << 16;

    private final HdfFile file;

    private Hdf5File(HdfFile file) {
        this.file = file;
    }

    static boolean isSignature(byte[] first) {
        return java.util.Arrays.equals(
                first, 0, Math.min(first.length, SIGNATURE.length), SIGNATURE, 0, SIGNATURE.length);
    }

    /// @throws KerasRefusedException if it is no HDF5 or damaged
    static Hdf5File open(ByteBuffer bytes) {
        try {
            return new Hdf5File(HdfFile.fromByteBuffer(bytes));
        } catch (RuntimeException e) {
            throw damaged("file", e);
        }
    }

    @Override
    public void close() {
        file.close();
    }

    /// The node at the end of a path of names, if there is one.
    ///
    /// @throws KerasRefusedException if a link lies on the way
    Optional<Node> find(List<String> path) {
        Node node = file;
        for (var name : path) {
            if (!(node instanceof Group group)) return Optional.empty();
            var child = child(group, name);
            if (child.isEmpty()) return Optional.empty();
            node = child.get();
            if (node.isLink()) {
                throw KerasRefusedException.of(String.join("/", path), "a link", "no links");
            }
        }
        return Optional.of(node);
    }

    private static Optional<Node> child(Group group, String name) {
        try {
            return Optional.ofNullable(group.getChild(name));
        } catch (RuntimeException | StackOverflowError e) {
            throw damaged(name, e);
        }
    }

    /// A text, if the node has that attribute.
    Optional<String> text(List<String> path, String attribute) {
        return find(path).flatMap(node -> value(node, attribute)).map(Hdf5File::single);
    }

    private static String single(Object value) {
        if (value instanceof String text) return text;
        if (value instanceof String[] texts && texts.length == 1) return texts[0];
        throw KerasRefusedException.of("attribute", value.getClass().getSimpleName(), "a text");
    }

    /// A list of names, which Keras cuts into `names0`, `names1`, … where it is long.
    List<String> names(List<String> path, String attribute) {
        var node = find(path);
        if (node.isEmpty()) return List.of();
        var whole = value(node.get(), attribute);
        if (whole.isPresent()) return list(whole.get());
        var all = new ArrayList<String>();
        for (int part = 0; all.size() < NAMES_MAX; part++) {
            var next = value(node.get(), attribute + part);
            if (next.isEmpty()) return all;
            all.addAll(list(next.get()));
        }
        throw KerasRefusedException.of(attribute, "over " + NAMES_MAX, "fewer names");
    }

    private static List<String> list(Object value) {
        if (value instanceof String[] names) return List.of(names);
        if (value instanceof String name) return List.of(name);
        return List.of(); // No names at all are written as an array of no numbers.
    }

    private static Optional<Object> value(Node node, String attribute) {
        try {
            var found = node.getAttribute(attribute);
            return found == null ? Optional.empty() : Optional.ofNullable(found.getData());
        } catch (RuntimeException | StackOverflowError e) {
            throw damaged(attribute, e);
        }
    }

    /// A tensor of floating-point numbers, of any width.
    ///
    /// @throws KerasRefusedException if there is none of that shape
    float[] floats(List<String> path, Shape expected) {
        var shown = String.join("/", path);
        var node = find(path);
        if (node.isEmpty()) throw KerasRefusedException.of(shown, "missing", "f32" + expected);
        if (!(node.get() instanceof Dataset dataset)) {
            throw KerasRefusedException.of(shown, "a group", "f32" + expected);
        }
        try {
            requireShape(shown, dataset, expected);
            var type = dataset.getDataType();
            boolean isNumber = type instanceof FloatingPoint && !dataset.isVariableLength();
            if (!isNumber) {
                var kind = type.getClass().getSimpleName();
                throw KerasRefusedException.of(shown, kind, "floating-point numbers");
            }
            return floats(dataset.getDataFlat(), expected.count());
        } catch (KerasRefusedException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            throw damaged(shown, e);
        }
    }

    private static void requireShape(String shown, Dataset dataset, Shape expected) {
        var dims = dataset.isScalar() ? new long[0] : dataset.getDimensionsAsLong();
        boolean fits = dims.length == expected.rank();
        for (int i = 0; fits && i < dims.length; i++) fits = dims[i] == expected.dim(i);
        if (fits) return;
        throw KerasRefusedException.of(
                shown, java.util.Arrays.toString(dims), String.valueOf(expected));
    }

    private static float[] floats(Object data, int count) {
        if (data instanceof Float single) return new float[] {single};
        if (data instanceof Double single) return new float[] {single.floatValue()};
        if (data instanceof float[] same && same.length == count) return same;
        if (data instanceof double[] wide && wide.length == count) {
            var narrow = new float[count];
            for (int i = 0; i < count; i++) narrow[i] = (float) wide[i];
            return narrow;
        }
        throw KerasRefusedException.of("data", data.getClass().getSimpleName(), "numbers");
    }

    /// A whole number, if there is one.
    Optional<Long> whole(List<String> path) {
        var node = find(path);
        if (node.isEmpty() || !(node.get() instanceof Dataset dataset)) return Optional.empty();
        try {
            boolean isOne = dataset.isScalar() && dataset.getDataType() instanceof FixedPoint;
            if (isOne && dataset.getData() instanceof Number number) {
                return Optional.of(number.longValue());
            }
            return Optional.empty();
        } catch (RuntimeException e) {
            throw damaged(String.join("/", path), e);
        }
    }

    private static KerasRefusedException damaged(String where, Throwable cause) {
        var kind = cause.getClass().getSimpleName();
        return new KerasRefusedException(
                "%s: not readable as HDF5 (%s)".formatted(where, kind), cause);
    }
}
