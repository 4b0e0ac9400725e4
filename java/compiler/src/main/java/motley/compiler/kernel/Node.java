package motley.compiler.kernel;

import java.util.List;
import motley.tensor.DType;

/// One value per point of a loop. Nodes form a list; operands are positions of earlier nodes.
public sealed interface Node {
    DType dtype();

    /// Reads memory.
    record Load(Access access) implements Node {
        @Override
        public DType dtype() {
            return access.buffer().dtype();
        }
    }

    /// The same everywhere.
    ///
    /// @param bits the float's bit pattern, the int, or 0 or 1
    record Constant(DType dtype, int bits) implements Node {}

    /// The i32 `offset + Σ strides[a]·i_a` of the loop's indices.
    record Index(int offset, List<Integer> strides) implements Node {
        public Index {
            strides = List.copyOf(strides);
        }

        @Override
        public DType dtype() {
            return DType.I32;
        }
    }

    /// Computes from earlier nodes.
    record Apply(Primitive primitive, List<Integer> operands) implements Node {
        public Apply {
            operands = List.copyOf(operands);
        }

        @Override
        public DType dtype() {
            return primitive.result();
        }
    }
}
