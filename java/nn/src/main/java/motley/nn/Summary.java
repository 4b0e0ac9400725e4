package motley.nn;

import java.util.List;
import java.util.Locale;
import motley.tensor.Shape;

/// What a model is made of.
///
/// @param input one sample's shape
public record Summary(String model, Shape input, List<PlacedLayer> layers) {
    private static final String ROW = "%-12s %-18s %12s %14s\n";

    public Summary {
        layers = List.copyOf(layers);
    }

    public long parameterCount() {
        long count = 0;
        for (var layer : layers) count += layer.parameterCount();
        return count;
    }

    /// Arithmetic operations of the forward pass on one sample; a training step takes about three
    /// times as many.
    public long flops() {
        long flops = 0;
        for (var layer : layers) flops += layer.flops();
        return flops;
    }

    /// A table with one line per layer, then the totals.
    @Override
    public String toString() {
        var table = new StringBuilder();
        table.append("%s on %s\n".formatted(model, input));
        table.append(ROW.formatted("layer", "output", "parameters", "FLOPs/sample"));
        for (var layer : layers) {
            table.append(row(layer.name(), layer.output(), layer.parameterCount(), layer.flops()));
        }
        table.append(row("total", layers.getLast().output(), parameterCount(), flops()));
        return table.toString();
    }

    private static String row(String name, Shape output, long parameters, long flops) {
        return ROW.formatted(name, output, grouped(parameters), grouped(flops));
    }

    private static String grouped(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
