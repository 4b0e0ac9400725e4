package motley.compiler.kernel;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import motley.tensor.DType;

/// Writes plans for people; nothing parses it.
final class PlanPrinter {
    private PlanPrinter() {}

    static String print(Plan plan) {
        var text = new StringBuilder();
        var layout = plan.layout();
        text.append("arena: %d floats, %d ints%n".formatted(layout.floats(), layout.ints()));
        text.append("params: %s%n".formatted(placed(plan.params(), layout)));
        for (int i = 0; i < plan.kernels().size(); i++) {
            var kernel = plan.kernels().get(i);
            var label = plan.label(kernel);
            var comment = label.isEmpty() ? "" : "  # " + label;
            text.append("%4d  %s%s%n".formatted(i, line(kernel), comment));
        }
        text.append("results: %s%n".formatted(placed(plan.results(), layout)));
        return text.toString();
    }

    /// Buffers in the order of their places; those that share a place live at different times.
    static String printMemory(Plan plan) {
        var layout = plan.layout();
        var text = new StringBuilder();
        text.append(
                "arenas: %d bytes (%d floats, %d ints)%n"
                        .formatted(layout.bytes(), layout.floats(), layout.ints()));
        var places = Comparator.comparingInt((Buffer b) -> b.dtype() == DType.F32 ? 0 : 1);
        plan.buffers().stream()
                .sorted(places.thenComparingInt(layout::offset).thenComparingInt(Buffer::id))
                .forEach(b -> text.append(place(b, layout)));
        return text.toString();
    }

    private static String place(Buffer buffer, Layout layout) {
        var arena = buffer.dtype() == DType.F32 ? "floats" : "ints";
        int offset = layout.offset(buffer);
        return "%s %d..%d: %s, %d bytes%n"
                .formatted(arena, offset, offset + buffer.elements(), buffer, buffer.bytes());
    }

    private static String placed(List<Operand> operands, Layout layout) {
        return operands.stream()
                .map(o -> o + "@" + layout.offset(o.buffer()))
                .collect(Collectors.joining(", "));
    }

    private static String line(Kernel kernel) {
        return switch (kernel) {
            case Kernel.Loop(var extents, var nodes, var stores) ->
                    "loop %s: %s; %s".formatted(extents, nodes(nodes), stores(stores));
            case Kernel.Fold(var kind, var extents, int kept, var byLanes, var nodes, var to) ->
                    "fold %s %s over %s%s: %s; %s"
                            .formatted(
                                    kind,
                                    extents.subList(0, kept),
                                    extents.subList(kept, extents.size()),
                                    byLanes ? " by lanes" : "",
                                    nodes(nodes),
                                    stores(List.of(to)));
            case Kernel.Rows(int rows, var stages, var locals) ->
                    "%d rows, for themselves %s:%s"
                            .formatted(
                                    rows,
                                    locals,
                                    stages.stream()
                                            .map(s -> "\n        " + line(s))
                                            .collect(Collectors.joining()));
            case Kernel.Product(var extents, var left, var right, var out, var part) ->
                    "product %s%s: %s = %s · %s".formatted(extents, suffix(part), out, left, right);
            case Kernel.Call(var op, var in, var out, var epilogue) ->
                    "%s%s: %s = %s".formatted(op, suffix(epilogue), out, in);
            case Kernel.Gradients(var ofImages, var ofFilters) ->
                    "both: %s; %s".formatted(line(ofImages), line(ofFilters));
        };
    }

    private static String suffix(Kernel.Part part) {
        if (part == Kernel.Part.ALL) return "";
        return " " + part.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    private static String suffix(Kernel.Epilogue epilogue) {
        return switch (epilogue) {
            case NONE -> "";
            case BIAS -> " + bias";
            case BIAS_AND_RELU -> " + bias, relu";
        };
    }

    private static String stores(List<Store> stores) {
        return stores.stream()
                .map(s -> s.to() + " = n" + s.node())
                .collect(Collectors.joining(", "));
    }

    private static String nodes(List<Node> nodes) {
        var parts = new StringBuilder();
        for (int i = 0; i < nodes.size(); i++) {
            if (i > 0) parts.append(", ");
            parts.append('n').append(i).append('=').append(node(nodes.get(i)));
        }
        return parts.toString();
    }

    private static String node(Node node) {
        return switch (node) {
            case Node.Load(var access) -> access.toString();
            case Node.Constant(var dtype, int bits) ->
                    switch (dtype) {
                        case F32 -> Float.toString(Float.intBitsToFloat(bits));
                        case I32, BOOL -> Integer.toString(bits);
                    };
            case Node.Index(int offset, var strides) -> "index+" + offset + strides;
            case Node.Apply(var primitive, var operands) ->
                    primitive.name().toLowerCase(java.util.Locale.ROOT)
                            + operands.stream()
                                    .map(o -> "n" + o)
                                    .collect(Collectors.joining(" ", "(", ")"));
        };
    }
}
