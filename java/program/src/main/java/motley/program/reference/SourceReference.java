package motley.program.reference;

import java.util.List;
import motley.program.Op;
import motley.tensor.TensorType;

/// Meaning of [Op.Source].
final class SourceReference {
    private SourceReference() {}

    static Values evaluate(Op.Source op, List<Values> in, TensorType out) {
        return switch (op) {
            case Op.Fill(_, double value) -> Values.filled(out, value);
            case Op.Iota(_, int axis) -> Values.tabulate(out, index -> index[axis]);
            case Op.RandomUniform(int stream, _) -> {
                var key = in.get(0);
                var rows = in.get(1);
                int row = out.shape().count() / rows.count();
                var result = new double[out.shape().count()];
                for (int i = 0; i < result.length; i++) {
                    int j = i % row;
                    int sample = rows.getInt(i / row);
                    var words =
                            Philox.block(
                                    new int[] {j / 4, sample, stream, 0},
                                    new int[] {key.getInt(0), key.getInt(1)});
                    result[i] = (words[j % 4] >>> 8) * 0x1p-24;
                }
                yield Values.owning(out, result);
            }
        };
    }
}
