package motley.rounds;

import static motley.tensor.Require.require;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// An immutable map in key order. A changed copy shares all but `O(log n)` nodes with its
/// original, so that a state of ten thousand devices can be a value.
///
/// A weight-balanced tree: no side of a node is more than three times as heavy as the other.
/// Source: Hirai & Yamamoto, Balancing weight-balanced trees (2011), with their proven parameters
/// Δ = 3 and Γ = 2.
public final class OrderedMap<K extends Comparable<K>, V> implements Iterable<Map.Entry<K, V>> {
    private static final int DELTA = 3;
    private static final int GAMMA = 2;
    private static final OrderedMap<?, ?> EMPTY = new OrderedMap<Integer, Integer>(null);

    private final @Nullable Node<K, V> root;

    private record Node<K, V>(
            K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right, int size) {}

    private OrderedMap(@Nullable Node<K, V> root) {
        this.root = root;
    }

    @SuppressWarnings("unchecked") // An empty map holds no key or value of the wrong type.
    public static <K extends Comparable<K>, V> OrderedMap<K, V> empty() {
        return (OrderedMap<K, V>) EMPTY;
    }

    public int size() {
        return size(root);
    }

    public boolean isEmpty() {
        return root == null;
    }

    public Optional<V> get(K key) {
        return Optional.ofNullable(find(key)).map(Node::value);
    }

    public boolean has(K key) {
        return find(key) != null;
    }

    /// This map with `key` mapped to `value`, whatever it was mapped to.
    public OrderedMap<K, V> with(K key, V value) {
        return new OrderedMap<>(insert(root, key, value));
    }

    /// This map without `key`; this map itself if the key is absent.
    public OrderedMap<K, V> without(K key) {
        return has(key) ? new OrderedMap<>(delete(root, key)) : this;
    }

    /// The entry of the least key.
    public Optional<Map.Entry<K, V>> first() {
        return root == null ? Optional.empty() : Optional.of(entry(leftmost(root)));
    }

    /// The entry of the greatest key.
    public Optional<Map.Entry<K, V>> last() {
        return root == null ? Optional.empty() : Optional.of(entry(rightmost(root)));
    }

    /// The entry with `index` lesser keys.
    ///
    /// @throws IllegalArgumentException if there are not so many
    public Map.Entry<K, V> at(int index) {
        require(index >= 0 && index < size(), "index: %d (expected: under %d)", index, size());
        int before = index;
        var node = root;
        while (node != null && before != size(node.left)) {
            boolean isLeft = before < size(node.left);
            if (!isLeft) before -= size(node.left) + 1;
            node = isLeft ? node.left : node.right;
        }
        return entry(Objects.requireNonNull(node, "a node of the tree"));
    }

    /// The values in the order of their keys.
    public Stream<V> values() {
        return entries().map(Map.Entry::getValue);
    }

    /// The entries in the order of their keys.
    public Stream<Map.Entry<K, V>> entries() {
        int traits = Spliterator.ORDERED | Spliterator.IMMUTABLE | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliterator(iterator(), size(), traits), false);
    }

    @Override
    public Iterator<Map.Entry<K, V>> iterator() {
        return new InOrder<>(root);
    }

    /// Maps are equal when they hold equal entries, however their trees are shaped.
    @Override
    public boolean equals(@Nullable Object other) {
        if (this == other) return true;
        if (!(other instanceof OrderedMap<?, ?> that) || size() != that.size()) return false;
        var theirs = that.iterator();
        for (var mine : this) {
            if (!mine.equals(theirs.next())) return false;
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (var entry : this) {
            hash = 31 * hash + Objects.hash(entry.getKey(), entry.getValue());
        }
        return hash;
    }

    /// `{1=a, 2=b}`.
    @Override
    public String toString() {
        var text = new StringBuilder("{");
        for (var entry : this) text.append(text.length() > 1 ? ", " : "").append(entry);
        return text.append('}').toString();
    }

    private @Nullable Node<K, V> find(K key) {
        var node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) return node;
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    private static <K extends Comparable<K>, V> Node<K, V> insert(
            @Nullable Node<K, V> node, K key, V value) {
        if (node == null) return new Node<>(key, value, null, null, 1);
        int order = key.compareTo(node.key);
        if (order == 0) return new Node<>(key, value, node.left, node.right, node.size);
        return order < 0
                ? balance(node, insert(node.left, key, value), node.right)
                : balance(node, node.left, insert(node.right, key, value));
    }

    private static <K extends Comparable<K>, V> @Nullable Node<K, V> delete(
            @Nullable Node<K, V> node, K key) {
        if (node == null) return null;
        int order = key.compareTo(node.key);
        if (order < 0) return balance(node, delete(node.left, key), node.right);
        if (order > 0) return balance(node, node.left, delete(node.right, key));
        if (node.left == null) return node.right;
        if (node.right == null) return node.left;
        var successor = leftmost(node.right);
        return balance(successor, node.left, delete(node.right, successor.key));
    }

    /// A node of `top`'s entry over two trees of which one has gained or lost one entry.
    private static <K, V> Node<K, V> balance(
            Node<K, V> top, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        if (right != null && isTooHeavy(right, left)) return raiseRight(top, left, right);
        if (left != null && isTooHeavy(left, right)) return raiseLeft(top, left, right);
        return join(top, left, right);
    }

    private static <K, V> Node<K, V> raiseRight(
            Node<K, V> top, @Nullable Node<K, V> left, Node<K, V> right) {
        var inner = right.left;
        if (inner == null || weight(inner) < GAMMA * weight(right.right)) {
            return join(right, join(top, left, inner), right.right);
        }
        return join(inner, join(top, left, inner.left), join(right, inner.right, right.right));
    }

    private static <K, V> Node<K, V> raiseLeft(
            Node<K, V> top, Node<K, V> left, @Nullable Node<K, V> right) {
        var inner = left.right;
        if (inner == null || weight(inner) < GAMMA * weight(left.left)) {
            return join(left, left.left, join(top, inner, right));
        }
        return join(inner, join(left, left.left, inner.left), join(top, inner.right, right));
    }

    private static <K, V> boolean isTooHeavy(
            @Nullable Node<K, V> side, @Nullable Node<K, V> other) {
        return weight(side) > DELTA * weight(other);
    }

    private static <K, V> Node<K, V> join(
            Node<K, V> top, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        return new Node<>(top.key, top.value, left, right, size(left) + 1 + size(right));
    }

    private static int size(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.size;
    }

    private static int weight(@Nullable Node<?, ?> node) {
        return size(node) + 1;
    }

    private static <K, V> Node<K, V> leftmost(Node<K, V> node) {
        var least = node;
        for (var next = least.left; next != null; next = next.left) least = next;
        return least;
    }

    private static <K, V> Node<K, V> rightmost(Node<K, V> node) {
        var greatest = node;
        for (var next = greatest.right; next != null; next = next.right) greatest = next;
        return greatest;
    }

    private static <K, V> Map.Entry<K, V> entry(Node<K, V> node) {
        return Map.entry(node.key, node.value);
    }

    /// Walks the tree with the path to the next node on a stack as deep as the tree, at most 72.
    private static final class InOrder<K, V> implements Iterator<Map.Entry<K, V>> {
        private final ArrayDeque<Node<K, V>> path = new ArrayDeque<>();

        InOrder(@Nullable Node<K, V> root) {
            descend(root);
        }

        @Override
        public boolean hasNext() {
            return !path.isEmpty();
        }

        @Override
        public Map.Entry<K, V> next() {
            if (path.isEmpty()) throw new NoSuchElementException();
            var node = path.pop();
            descend(node.right);
            return entry(node);
        }

        private void descend(@Nullable Node<K, V> from) {
            for (var node = from; node != null; node = node.left) path.push(node);
        }
    }
}
