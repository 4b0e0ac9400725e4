package motley.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import motley.nn.Edges;
import motley.nn.Head;
import motley.nn.Head.Link;
import motley.nn.Layer;

/// The layers that lead into a model and out of it, as [LayerJson] writes and reads them: those
/// that choose, move and measure elements, and the heads.
final class ShapingJson {
    private ShapingJson() {}

    /// @throws IllegalArgumentException if a setting is missing or wrong
    static Layer read(String kind, Fields f) {
        return switch (kind) {
            case "part" -> new Layer.Part(f.whole("first"), f.whole("count"));
            case "backwards" -> new Layer.Backwards();
            case "frame" ->
                    new Layer.Frame(
                            new Edges(
                                    f.whole("top", 0),
                                    f.whole("bottom", 0),
                                    f.whole("left", 0),
                                    f.whole("right", 0)));
            case "enlarge" -> new Layer.Enlarge(f.whole("row-times"), f.whole("col-times"));
            case "standardise" ->
                    new Layer.Standardise(numbers("mean", f), numbers("deviation", f));
            default -> heads(f);
        };
    }

    private static Layer heads(Fields f) {
        var heads = new ArrayList<Head>();
        for (var node : f.list("heads")) {
            var head = new Fields(node, f.at("heads"));
            heads.add(new Head(head.whole("count"), head.choice("link", Link.LINEAR)));
            head.requireNoneLeft();
        }
        return new Layer.Heads(heads);
    }

    private static List<Double> numbers(String name, Fields f) {
        return f.list(name).stream().map(node -> number(f.at(name), node)).toList();
    }

    private static double number(String where, JsonNode node) {
        if (!node.isNumber()) throw Fields.wrong(where, node, "numbers");
        return node.doubleValue();
    }

    static void write(Layer.Shaping layer, ObjectNode out) {
        switch (layer) {
            case Layer.Part(int first, int count) ->
                    out.put(LayerJson.KIND, "part").put("first", first).put("count", count);
            case Layer.Backwards _ -> out.put(LayerJson.KIND, "backwards");
            case Layer.Frame(Edges(int top, int bottom, int left, int right)) -> {
                out.put(LayerJson.KIND, "frame").put("top", top).put("bottom", bottom);
                out.put("left", left).put("right", right);
            }
            case Layer.Enlarge(int rowTimes, int colTimes) -> {
                out.put(LayerJson.KIND, "enlarge").put("row-times", rowTimes);
                out.put("col-times", colTimes);
            }
            case Layer.Standardise(var mean, var deviation) -> {
                out.put(LayerJson.KIND, "standardise");
                write("mean", mean, out);
                write("deviation", deviation, out);
            }
        }
    }

    static void write(Layer.Heads heads, ObjectNode out) {
        var list = out.put(LayerJson.KIND, "heads").putArray("heads");
        for (var head : heads.heads()) {
            var link = Fields.lowerCase(head.link());
            list.addObject().put("count", head.count()).put("link", link);
        }
    }

    private static void write(String name, List<Double> numbers, ObjectNode out) {
        var list = out.putArray(name);
        for (double number : numbers) list.add(number);
    }
}
