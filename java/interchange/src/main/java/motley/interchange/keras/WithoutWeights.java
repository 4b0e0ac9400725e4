package motley.interchange.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import motley.interchange.keras.LayerReader.Call;
import motley.nn.Edges;
import motley.nn.Layer;
import motley.nn.Layer.Border;
import motley.tensor.Shape;

/// Keras layers that learn nothing.
final class WithoutWeights {
    private static final double SMALLEST_DEVIATION = 1e-7;

    private WithoutWeights() {}

    /// @return nothing for a layer that does nothing
    /// @throws KerasRefusedException if Motley has no such layer
    static Optional<Layer> layer(Call call) {
        var s = call.settings();
        if (s.has("data_format")) s.requireText("data_format", "channels_last");
        s.requireFalse("keepdims");
        return switch (call.className()) {
            case "Flatten" -> Optional.of(new Layer.Flatten());
            case "Reshape" -> Optional.of(new Layer.Reshape(shape(s)));
            case "Dropout" -> {
                s.requireUnset("noise_shape");
                double rate = s.number("rate", 0);
                yield rate == 0 ? Optional.empty() : Optional.of(new Layer.Dropout(rate));
            }
            case "MaxPooling1D", "MaxPooling2D" -> Optional.of(maxPool(s, dimensions(call)));
            case "AveragePooling1D", "AveragePooling2D" ->
                    Optional.of(averagePool(s, dimensions(call)));
            case "GlobalAveragePooling1D", "GlobalAveragePooling2D" ->
                    Optional.of(new Layer.GlobalAveragePool());
            case "GlobalMaxPooling1D", "GlobalMaxPooling2D" ->
                    Optional.of(new Layer.GlobalMaxPool());
            case "Add" -> Optional.of(new Layer.Add());
            case "Multiply" -> Optional.of(new Layer.Multiply());
            case "Concatenate" -> {
                var axis = s.wholesWithSign("axis", -1);
                if (!s.isLastAxis(axis.getFirst()) && axis.getFirst() != 1) {
                    throw KerasRefusedException.of(s.at("axis"), axis, "-1, the last one");
                }
                if (axis.getFirst() == 1 && s.rank().orElse(1) != 1) {
                    throw KerasRefusedException.of(s.at("axis"), axis, "-1, the last one");
                }
                yield Optional.of(new Layer.Concatenate());
            }
            case "Normalization" -> Optional.of(standardise(s));
            case "ZeroPadding2D" -> Optional.of(new Layer.Frame(edges(s, "padding", 1)));
            case "Cropping2D" -> Optional.of(new Layer.Frame(edges(s, "cropping", -1)));
            case "UpSampling2D" -> {
                s.requireText("interpolation", "nearest");
                var size = s.wholes("size", 2, 2);
                yield Optional.of(new Layer.Enlarge(size.get(0), size.get(1)));
            }
            default ->
                    throw KerasRefusedException.of(
                            s.where(),
                            "class " + call.className(),
                            "a layer that Motley has; see docs/keras.md");
        };
    }

    private static int dimensions(Call call) {
        return call.className().endsWith("1D") ? 1 : 2;
    }

    private static Layer maxPool(Settings s, int dimensions) {
        int size = s.square("pool_size", dimensions, 2);
        return new Layer.MaxPool(
                size, s.square("strides", dimensions, size), LayerReader.border(s));
    }

    /// With "same" Keras leaves the padding out of the mean, where Motley counts it as zeros.
    private static Layer averagePool(Settings s, int dimensions) {
        s.requireText("padding", "valid");
        int size = s.square("pool_size", dimensions, 2);
        return new Layer.AveragePool(size, s.square("strides", dimensions, size), Border.VALID);
    }

    private static Shape shape(Settings s) {
        var dims = new ArrayList<Integer>();
        for (double dim : s.numbers("target_shape")) {
            boolean fits = dim >= 1 && dim == Math.rint(dim) && dim < 1 << 30;
            if (!fits) throw KerasRefusedException.of(s.at("target_shape"), dim, "sizes above 0");
            dims.add((int) dim);
        }
        return new Shape(dims);
    }

    private static Layer standardise(Settings s) {
        s.requireFalse("invert");
        if (!s.has("mean") || !s.has("variance")) {
            throw KerasRefusedException.of(
                    s.at("mean"), "adapted", "given as mean= and variance= in the model");
        }
        var deviation = new ArrayList<Double>();
        for (double variance : s.numbers("variance")) {
            deviation.add(Math.max(Math.sqrt(variance), SMALLEST_DEVIATION));
        }
        return new Layer.Standardise(s.numbers("mean"), deviation);
    }

    /// @param sign -1 for what is cut off
    private static Edges edges(Settings s, String name, int sign) {
        var given = s.has(name) ? s.numbers(name) : List.of(1.0);
        var all = new ArrayList<Integer>();
        for (double number : given) {
            boolean fits = number >= 0 && number < 1 << 20 && number == Math.rint(number);
            if (!fits) throw KerasRefusedException.of(s.at(name), number, "whole numbers");
            all.add(sign * (int) number);
        }
        return switch (all.size()) {
            case 1 -> new Edges(all.get(0), all.get(0), all.get(0), all.get(0));
            case 2 -> new Edges(all.get(0), all.get(0), all.get(1), all.get(1));
            case 4 -> new Edges(all.get(0), all.get(1), all.get(2), all.get(3));
            default -> throw KerasRefusedException.of(s.at(name), all, "1, 2 or 4 numbers");
        };
    }
}
