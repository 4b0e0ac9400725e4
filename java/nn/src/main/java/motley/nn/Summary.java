package motley.nn;

import java.util.List;
import java.util.Locale;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// What a model is made of.
///
/// @param input one sample's type
public record Summary(String model, TensorType input, List<PlacedLayer> layers) {
    private static final String ROW = "%-12s %-16s %12s %14s %14s\n";

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

    /// Bytes of all layers' outputs for one sample: about what training keeps until the backward
    /// pass is over.
    public long activationBytes() {
        long bytes = 0;
        for (var layer : layers) bytes += layer.activationBytes();
        return bytes;
    }

    /// A table with one line per layer, then the totals.
    @Override
    public String toString() {
        var table = new StringBuilder();
        table.append("%s on %s\n".formatted(model, input));
        table.append(
                ROW.formatted("layer", "output", "parameters", "FLOPs/sample", "bytes/sample"));
        for (var layer : layers) {
            table.append(row(layer.name(), layer.output(), Amounts.of(layer)));
        }
        var total = new Amounts(parameterCount(), flops(), activationBytes());
        table.append(row("total", layers.getLast().output(), total));
        return table.toString();
    }

    private record Amounts(long parameters, long flops, long activationBytes) {
        static Amounts of(PlacedLayer layer) {
            return new Amounts(layer.parameterCount(), layer.flops(), layer.activationBytes());
        }
    }

    private static String row(String name, Shape output, Amounts amounts) {
        return ROW.formatted(
                name,
                output,
                grouped(amounts.parameters),
                grouped(amounts.flops),
                grouped(amounts.activationBytes));
    }

    private static String grouped(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
