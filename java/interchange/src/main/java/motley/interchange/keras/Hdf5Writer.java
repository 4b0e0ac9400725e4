package motley.interchange.keras;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import motley.tensor.Shape;

/// Writes HDF5 as Keras does: groups, contiguous tensors of f32, whole numbers, and texts as
/// attributes of any length.
///
/// The oldest form, which every reader knows: superblock 0, groups as a B-tree of symbol tables,
/// object headers of version 1, texts in global heaps. Everything is made in memory, children
/// first, since a group names its children by address.
/// Source: The HDF Group, "HDF5 file format specification", 3.0, §II to §IV.
final class Hdf5Writer {
    private static final int SUPERBLOCK_BYTES = 96;
    private static final long NOWHERE = -1;
    private static final int TREE_HALF = 16; // half of the entries of a B-tree's node
    private static final int HEAP_BYTES = 4096;
    private static final int MESSAGE_BYTES_MAX = 65_528;

    /// Names of a list in one attribute; Keras cuts longer ones.
    private static final int NAMES_MAX = 64_512 / 16;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final int leafHalf; // half of the entries of a symbol table

    private Hdf5Writer(int leafHalf) {
        this.leafHalf = leafHalf;
    }

    /// What a file is made of.
    sealed interface Node {}

    /// Children and attributes by name.
    static final class Group implements Node {
        private final Map<String, Node> children = new TreeMap<>(Hdf5Writer::byBytes);
        private final Map<String, List<String>> lists = new LinkedHashMap<>();
        private final Map<String, String> texts = new LinkedHashMap<>();

        /// The group behind a path of names, made where there is none.
        Group at(List<String> path) {
            var group = this;
            for (var name : path) {
                requireName(name);
                var child = group.children.computeIfAbsent(name, _ -> new Group());
                if (!(child instanceof Group next)) {
                    throw new IllegalArgumentException("name: %s twice".formatted(name));
                }
                group = next;
            }
            return group;
        }

        void put(String name, Node leaf) {
            requireName(name);
            boolean isNew = children.putIfAbsent(name, leaf) == null;
            if (!isNew) throw new IllegalArgumentException("name: %s twice".formatted(name));
        }

        void text(String name, String value) {
            texts.put(name, value);
        }

        void list(String name, List<String> values) {
            if (values.size() <= NAMES_MAX) {
                lists.put(name, List.copyOf(values));
                return;
            }
            for (int part = 0; part * NAMES_MAX < values.size(); part++) {
                int from = part * NAMES_MAX;
                int to = Math.min(values.size(), from + NAMES_MAX);
                lists.put(name + part, List.copyOf(values.subList(from, to)));
            }
        }

        private static void requireName(String name) {
            boolean holds = !name.isEmpty() && !name.contains("/") && !name.equals(".");
            if (!holds) throw new IllegalArgumentException("name: '%s'".formatted(name));
        }
    }

    /// A tensor of f32.
    static final class Floats implements Node {
        private final Shape shape;
        private final float[] values;

        Floats(Shape shape, float[] values) {
            this.shape = shape;
            this.values = values;
        }
    }

    /// One whole number.
    record Whole(long value) implements Node {}

    private static int byBytes(String a, String b) {
        return Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8));
    }

    /// @throws IllegalArgumentException if a name cannot be one, or a group has over a million
    ///     children
    static byte[] write(Group root) {
        int most = most(root);
        int half = Math.max(4, Math.ceilDiv(most, 4 * TREE_HALF));
        if (half > 32_767) throw new IllegalArgumentException("children: " + most);
        var writer = new Hdf5Writer(half);
        writer.out.writeBytes(new byte[SUPERBLOCK_BYTES]);
        var written = writer.group(root);
        var bytes = writer.out.toByteArray();
        var head = writer.superblock(written, bytes.length);
        System.arraycopy(head, 0, bytes, 0, head.length);
        return bytes;
    }

    private static int most(Group group) {
        int most = group.children.size();
        for (var child : group.children.values()) {
            if (child instanceof Group inner) most = Math.max(most, most(inner));
        }
        return most;
    }

    private byte[] superblock(Written root, long endBytes) {
        var b = new Bytes();
        b.bytes(new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'});
        b.bytes(new byte[] {0, 0, 0, 0, 0, 8, 8, 0}).two(leafHalf).two(TREE_HALF).four(0);
        b.eight(0).eight(NOWHERE).eight(endBytes).eight(NOWHERE);
        b.eight(0).eight(root.header).four(1).four(0).eight(root.tree).eight(root.names);
        return b.array();
    }

    // ---- Groups ------------------------------------------------------------------------------

    /// Addresses. Those of the tree and of the names are 0 for what is no group.
    private record Written(long header, long tree, long names) {}

    private Written node(Node node) {
        return switch (node) {
            case Group group -> group(group);
            case Floats floats -> new Written(floats(floats), 0, 0);
            case Whole(long value) -> {
                long at = append(new Bytes().eight(value).array());
                yield new Written(data(new Shape(List.of()), whole(), at, 8), 0, 0);
            }
        };
    }

    private Written group(Group group) {
        var names = new Bytes().bytes(new byte[8]);
        var offsets = new ArrayList<Integer>();
        var written = new ArrayList<Written>();
        group.children.forEach(
                (name, child) -> {
                    written.add(node(child));
                    offsets.add(names.size());
                    names.bytes(name.getBytes(UTF_8)).bytes(new byte[1]).pad();
                });
        while (names.size() < 88) names.eight(0);
        long segment = append(names.array());
        var heap = new Bytes().bytes("HEAP".getBytes(US_ASCII)).four(0);
        long heapAt = append(heap.eight(names.size()).eight(1).eight(segment).array());
        long tree = tree(offsets, written);
        var messages = new Bytes();
        message(messages, 0x11, new Bytes().eight(tree).eight(heapAt));
        int count = 1;
        for (var text : group.texts.entrySet()) {
            message(messages, 0xC, attribute(text.getKey(), List.of(text.getValue()), true));
            count++;
        }
        for (var list : group.lists.entrySet()) {
            message(messages, 0xC, attribute(list.getKey(), list.getValue(), false));
            count++;
        }
        return new Written(header(count, messages), tree, heapAt);
    }

    /// One node over symbol tables, which hold the children in the order of their names.
    private long tree(List<Integer> offsets, List<Written> written) {
        int each = 2 * leafHalf;
        int tables = Math.ceilDiv(offsets.size(), each);
        var tree = new Bytes().bytes("TREE".getBytes(US_ASCII)).bytes(new byte[2]).two(tables);
        tree.eight(NOWHERE).eight(NOWHERE).eight(0);
        for (int table = 0; table < tables; table++) {
            int from = table * each;
            int to = Math.min(offsets.size(), from + each);
            var symbols = new Bytes().bytes("SNOD".getBytes(US_ASCII));
            symbols.bytes(new byte[] {1, 0}).two(to - from);
            for (int i = from; i < to; i++) {
                var child = written.get(i);
                boolean isGroup = child.tree != 0;
                symbols.eight(offsets.get(i)).eight(child.header).four(isGroup ? 1 : 0).four(0);
                symbols.eight(child.tree).eight(child.names);
            }
            symbols.fill(8 + each * 40);
            tree.eight(append(symbols.array())).eight(offsets.get(to - 1));
        }
        return append(tree.fill(24 + (2 * TREE_HALF + 1) * 8 + 2 * TREE_HALF * 8).array());
    }

    // ---- Tensors -----------------------------------------------------------------------------

    private long floats(Floats floats) {
        var values = new byte[4 * floats.values.length];
        var buffer = java.nio.ByteBuffer.wrap(values).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(floats.values);
        return data(floats.shape, real(4), append(values), values.length);
    }

    private long data(Shape shape, Bytes type, long at, long bytes) {
        var messages = new Bytes();
        message(messages, 1, space(shape.dims()));
        message(messages, 3, type);
        message(messages, 5, new Bytes().bytes(new byte[] {2, 2, 2, 1}).four(0));
        message(messages, 8, new Bytes().bytes(new byte[] {3, 1}).eight(at).eight(bytes));
        return header(4, messages);
    }

    private static Bytes space(List<Integer> dims) {
        var b = new Bytes().bytes(new byte[] {1, (byte) dims.size(), 0, 0, 0, 0, 0, 0});
        for (int dim : dims) b.eight(dim);
        return b;
    }

    /// IEEE 754, little-endian: single, or double for the lists without names.
    private static Bytes real(int size) {
        boolean isSingle = size == 4;
        int exponent = isSingle ? 8 : 11;
        int fraction = isSingle ? 23 : 52;
        var b = new Bytes().bytes(new byte[] {0x11, 0x20, (byte) (8 * size - 1), 0}).four(size);
        b.two(0).two(8 * size);
        b.bytes(new byte[] {(byte) fraction, (byte) exponent, 0, (byte) fraction});
        return b.four(isSingle ? 127 : 1023);
    }

    private static Bytes whole() {
        return new Bytes().bytes(new byte[] {0x10, 8, 0, 0}).four(8).two(0).two(64);
    }

    // ---- Attributes --------------------------------------------------------------------------

    /// @param isOne a text by itself, and not a list of one
    private Bytes attribute(String name, List<String> values, boolean isOne) {
        boolean isNone = values.isEmpty();
        var type = isNone ? real(8) : text();
        var space = space(isOne ? List.of() : List.of(values.size()));
        var title = new Bytes().bytes(name.getBytes(UTF_8)).bytes(new byte[1]);
        var b = new Bytes().two(1).two(title.size()).two(type.size()).two(space.size());
        for (var part : List.of(title, type, space)) b.bytes(part.pad().array());
        return b.bytes(references(values));
    }

    /// A text of any length, UTF-8.
    private static Bytes text() {
        var b = new Bytes().bytes(new byte[] {0x19, 1, 1, 0}).four(16);
        return b.bytes(new byte[] {0x10, 0, 0, 0}).four(1).two(0).two(8);
    }

    /// Texts lie in heaps of their own; an attribute says where.
    private byte[] references(List<String> values) {
        var references = new Bytes();
        var heap = new Bytes();
        var lengths = new ArrayList<Integer>();
        for (var value : values) {
            var bytes = value.getBytes(UTF_8);
            lengths.add(bytes.length);
            heap.two(lengths.size()).two(1).four(0).eight(bytes.length).bytes(bytes).pad();
        }
        if (lengths.isEmpty()) return new byte[0];
        long size = Math.max(HEAP_BYTES, 16 + heap.size() + 16);
        long left = size - 16 - heap.size();
        heap.two(0).two(0).four(0).eight(left);
        var whole = new Bytes().bytes("GCOL".getBytes(US_ASCII)).four(1).eight(size);
        long at = append(whole.bytes(heap.array()).fill((int) size).array());
        for (int i = 0; i < lengths.size(); i++) {
            references.four(lengths.get(i)).eight(at).four(i + 1);
        }
        return references.array();
    }

    // ---- Bytes -------------------------------------------------------------------------------

    private static void message(Bytes into, int type, Bytes content) {
        int size = content.pad().size();
        if (size > MESSAGE_BYTES_MAX) throw new IllegalArgumentException("attribute: " + size);
        into.two(type).two(size).four(0).bytes(content.array());
    }

    private long header(int messages, Bytes content) {
        var b = new Bytes().two(1).two(messages).four(1).four(content.size()).four(0);
        return append(b.bytes(content.array()).array());
    }

    /// Adds them at the next multiple of eight.
    private long append(byte[] bytes) {
        long at = out.size();
        out.writeBytes(bytes);
        while (out.size() % 8 != 0) out.write(0);
        return at;
    }

    /// Little-endian numbers, one after another.
    private static final class Bytes {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        int size() {
            return bytes.size();
        }

        byte[] array() {
            return bytes.toByteArray();
        }

        Bytes bytes(byte[] values) {
            bytes.writeBytes(values);
            return this;
        }

        Bytes two(int value) {
            return number(value, 2);
        }

        Bytes four(int value) {
            return number(value, 4);
        }

        Bytes eight(long value) {
            return number(value, 8);
        }

        private Bytes number(long value, int count) {
            for (int i = 0; i < count; i++) bytes.write((int) (value >> (8 * i)));
            return this;
        }

        /// Zeros up to a multiple of eight.
        Bytes pad() {
            return fill(Math.ceilDiv(size(), 8) * 8);
        }

        Bytes fill(int size) {
            if (size > size()) bytes.writeBytes(new byte[size - size()]);
            return this;
        }
    }
}
