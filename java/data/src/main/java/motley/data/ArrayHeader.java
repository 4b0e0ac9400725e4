package motley.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import motley.tensor.Shape;
import org.jspecify.annotations.Nullable;

/// What stands before the elements of an array, in the NPY form (versions 1 to 3) or the IDX form.
///
/// Nothing but the header is read, and nothing is allocated for what it claims.
/// Sources: NumPy documentation, "numpy.lib.format"; LeCun, Cortes & Burges, "The MNIST database",
/// section on file formats.
///
/// @param name of the file, for messages
/// @param isFortran whether the first axis changes fastest
/// @param count of rows, the first axis
/// @param row the other axes
/// @param sizeBytes of the header itself
record ArrayHeader(
        String name,
        ArrayElement element,
        ByteOrder order,
        boolean isFortran,
        int count,
        Shape row,
        int sizeBytes) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int HEADER_BYTES_MAX = 1 << 16;
    private static final int ROW_ELEMENTS_MAX = Column.ROW_BYTES_MAX;
    private static final int DIM_DIGITS_MAX = 18;

    private static final Pattern FIELD =
            Pattern.compile(
                    "\\s*'(descr|fortran_order|shape)'\\s*:\\s*"
                            + "('[^'\\\\]{1,16}'|True|False|\\([0-9, ]{0,200}\\))"
                            + "\\s*(,|(?=\\s*\\}))");

    private static final List<String> FIELDS = List.of("descr", "fortran_order", "shape");

    /// By the codes of the IDX form.
    private static @Nullable ArrayElement idxElement(int code) {
        return switch (code) {
            case 8 -> ArrayElement.U8;
            case 9 -> ArrayElement.I8;
            case 11 -> ArrayElement.I16;
            case 12 -> ArrayElement.I32;
            case 13 -> ArrayElement.F32;
            case 14 -> ArrayElement.F64;
            default -> null;
        };
    }

    /// Reads a header of whichever form `in` has.
    ///
    /// @throws DatasetException if it has neither, or the array cannot be used
    static ArrayHeader read(String name, InputStream in) throws IOException {
        var start = in.readNBytes(4);
        if (start.length == 0) throw new DatasetException(name, "empty (expected: an array)");
        if (start.length == 4 && start[0] == 0 && start[1] == 0) return idx(name, start, in);
        return new Npy(name, in).read(start);
    }

    /// Bytes of one row in the file.
    int rowBytes() {
        return row.count() * element.sizeBytes();
    }

    /// Bytes that a complete file has.
    long fileBytes() {
        return sizeBytes + (long) count * rowBytes();
    }

    private static ArrayHeader idx(String name, byte[] start, InputStream in) throws IOException {
        var element = idxElement(start[2]);
        if (element == null) {
            throw new DatasetException(
                    name,
                    "byte 2: element type %d (expected: one of 8, 9, 11, 12, 13, 14, as IDX has)"
                            .formatted(start[2]));
        }
        int rank = start[3];
        requireRank(name, rank);
        var sizes = ByteBuffer.wrap(in.readNBytes(Integer.BYTES * rank));
        if (sizes.limit() < Integer.BYTES * rank) {
            throw new DatasetException(name, "truncated in its header");
        }
        var dims = new ArrayList<Long>();
        for (int axis = 0; axis < rank; axis++) {
            dims.add(Integer.toUnsignedLong(sizes.getInt(Integer.BYTES * axis)));
        }
        int headerBytes = 4 + Integer.BYTES * rank;
        var shape = rows(name, dims);
        return new ArrayHeader(
                name,
                element,
                ByteOrder.BIG_ENDIAN,
                false,
                dims.getFirst().intValue(),
                shape,
                headerBytes);
    }

    private static void requireRank(String name, int rank) {
        if (rank >= 1 && rank < Shape.RANK_MAX) return;
        throw new DatasetException(
                name,
                "%d axes (expected: 1 to %d, the samples first)"
                        .formatted(rank, Shape.RANK_MAX - 1));
    }

    /// The shape of a row of an array of `dims`.
    private static Shape rows(String name, List<Long> dims) {
        requireRank(name, dims.size());
        if (dims.getFirst() == 0)
            throw new DatasetException(name, "no rows (expected: at least 1)");
        long elements = 1;
        for (int axis = 0; axis < dims.size(); axis++) {
            long dim = dims.get(axis);
            if (axis > 0) elements *= Math.min(dim, 1L << 32);
            if (dim < 1 || dim > Integer.MAX_VALUE || elements > ROW_ELEMENTS_MAX) {
                throw new DatasetException(
                        name,
                        "shape %s (expected: under 2^31 rows of 1 to %d elements)"
                                .formatted(dims, ROW_ELEMENTS_MAX));
            }
        }
        return new Shape(dims.stream().skip(1).map(Long::intValue).toList());
    }

    /// A header in the NPY form: a literal of a Python dictionary with three known keys. Nothing
    /// else is understood, so that nothing in it can be anything else.
    private static final class Npy {
        private final String name;
        private final InputStream in;

        Npy(String name, InputStream in) {
            this.name = name;
            this.in = in;
        }

        ArrayHeader read(byte[] start) throws IOException {
            var head = Arrays.copyOf(start, start.length + 4);
            int more = in.readNBytes(head, start.length, 4);
            boolean isNpy =
                    start.length + more >= MAGIC.length
                            && Arrays.equals(MAGIC, Arrays.copyOf(head, MAGIC.length));
            if (!isNpy) throw refused("not in NPY or IDX form");
            if (more < 4 || start.length < 4) throw refused("truncated in its header");
            int version = head[MAGIC.length];
            if (version < 1 || version > 3) {
                throw refused("version %d (expected: 1 to 3)".formatted(version));
            }
            var size = exactly(version == 1 ? Short.BYTES : Integer.BYTES);
            int length = version == 1 ? Short.toUnsignedInt(size.getShort()) : size.getInt();
            if (length < 0 || length > HEADER_BYTES_MAX) {
                throw refused(
                        "header of %d bytes (expected: at most %d)"
                                .formatted(Integer.toUnsignedLong(length), HEADER_BYTES_MAX));
            }
            var text = StandardCharsets.UTF_8.decode(exactly(length)).toString();
            return header(text, MAGIC.length + 2 + size.limit() + length);
        }

        private ByteBuffer exactly(int count) throws IOException {
            var bytes = in.readNBytes(count);
            if (bytes.length < count) throw refused("truncated in its header");
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        private ArrayHeader header(String text, int sizeBytes) {
            var values = fields(text.strip());
            var descr = values[0];
            var element = element(descr.substring(1, descr.length() - 1));
            var order = descr.charAt(1) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            var dims = dims(values[2]);
            var row = rows(name, dims);
            boolean isFortran = values[1].equals("True") && row.rank() > 0;
            return new ArrayHeader(
                    name, element, order, isFortran, dims.getFirst().intValue(), row, sizeBytes);
        }

        /// The values of [#FIELDS], in their order.
        private String[] fields(String text) {
            var values = new @Nullable String[FIELDS.size()];
            var dictionary = text.startsWith("{") && text.endsWith("}") ? text : "";
            var found = FIELD.matcher(dictionary);
            int at = Math.min(1, dictionary.length());
            while (found.find(at) && found.start() == at) {
                int field = FIELDS.indexOf(found.group(1));
                if (values[field] != null) throw refused("header with two " + found.group(1));
                values[field] = found.group(2);
                at = found.end();
            }
            if (dictionary.isEmpty() || !dictionary.substring(at).strip().equals("}")) {
                throw refused(
                        "header %s (expected: {'descr': …, 'fortran_order': …, 'shape': …})"
                                .formatted(brief(text)));
            }
            return require(values);
        }

        private String[] require(@Nullable String[] values) {
            var forms = List.of("'", "[TF]", "\\(");
            for (int i = 0; i < values.length; i++) {
                var value = values[i];
                if (value == null) throw refused("header without " + FIELDS.get(i));
                if (!value.matches(forms.get(i) + ".*")) {
                    throw refused("header: %s is %s".formatted(FIELDS.get(i), value));
                }
            }
            return Arrays.stream(values).map(Objects::requireNonNull).toArray(String[]::new);
        }

        private ArrayElement element(String descr) {
            var labels = new ArrayList<String>();
            for (var element : ArrayElement.values()) {
                if (descr.matches("[<>|=]" + element.label())) return element;
                labels.add(element.label());
            }
            var what = descr.startsWith("|O") ? "Python objects" : "element type";
            throw refused("%s %s (expected: one of %s)".formatted(what, descr, labels));
        }

        private List<Long> dims(String text) {
            var dims = new ArrayList<Long>();
            for (var part : text.substring(1, text.length() - 1).split(",", -1)) {
                var digits = part.strip();
                if (digits.isEmpty()) continue;
                if (!digits.matches("[0-9]{1,%d}".formatted(DIM_DIGITS_MAX))) {
                    throw refused("shape %s (expected: under 2^31 rows)".formatted(text));
                }
                dims.add(Long.parseLong(digits));
            }
            return dims;
        }

        private DatasetException refused(String reason) {
            return new DatasetException(name, reason);
        }

        private static String brief(String text) {
            var shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
            return shown.replaceAll("\\p{Cntrl}", "?");
        }
    }
}
