package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Primitive;
import motley.tensor.DType;

/// Grows the nodes of one kernel; equal nodes are one node.
final class NodeList {
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Node, Integer> positions = new HashMap<>();

    int add(Node node) {
        var known = positions.get(node);
        if (known != null) return known;
        nodes.add(node);
        positions.put(node, nodes.size() - 1);
        return nodes.size() - 1;
    }

    int number(double value) {
        return add(new Node.Constant(DType.F32, Float.floatToRawIntBits((float) value)));
    }

    int integer(int value) {
        return add(new Node.Constant(DType.I32, value));
    }

    int apply(Primitive primitive, Integer... operands) {
        return add(new Node.Apply(primitive, List.of(operands)));
    }

    DType dtype(int node) {
        return nodes.get(node).dtype();
    }

    int size() {
        return nodes.size();
    }

    List<Node> nodes() {
        return List.copyOf(nodes);
    }
}
