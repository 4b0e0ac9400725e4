package motley.nn;

import java.util.ArrayList;
import java.util.List;
import motley.program.Cost;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// A layer in its place in a model, where its shapes are known.
///
/// @param name its kind and its number among that kind, from 1: `conv2`
/// @param number its index in the model, which is also the stream of its random numbers
/// @param node the layer and where its operands come from
/// @param inputs one sample's types before the layer
/// @param output one sample's shape after it
/// @param parameters in the order in which the layer takes them
public record PlacedLayer(
        String name,
        int number,
        Model.Node node,
        List<TensorType> inputs,
        Shape output,
        List<ParameterSpec> parameters) {
    public PlacedLayer {
        inputs = List.copyOf(inputs);
        parameters = List.copyOf(parameters);
    }

    public Layer layer() {
        return node.layer();
    }

    public long parameterCount() {
        long count = 0;
        for (var parameter : parameters) count += parameter.shape().count();
        return count;
    }

    /// Arithmetic operations of the forward pass on one sample, as [Cost] counts them.
    public long flops() {
        var b = new ProgramBuilder();
        var values = new ArrayList<Var>();
        for (var spec : parameters) values.add(b.param(spec.type()));
        var in = new ArrayList<Var>();
        for (var type : inputs) in.add(b.param(type.with(type.shape().prepend(1))));
        var forward = new Forward(b, new Forward.Mode.Inference());
        var output = forward.apply(this, values, in, new ArrayList<>());
        return Cost.of(b.build(List.of(output))).flops();
    }

    /// What the layer gives for one sample, which training keeps for the backward pass.
    public long activationBytes() {
        return new TensorType(DType.F32, output).sizeBytes();
    }
}
