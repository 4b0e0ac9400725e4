package motley.compiler.kernel;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;
import motley.tensor.DType;

/// A dense row-major value of a plan. Its address follows from the plan's [Layout].
///
/// @param id unique within its plan
/// @param elements how many, at least 1
public record Buffer(int id, DType dtype, int elements) {
    private static final int LARGEST_NAMED = 5;

    public long bytes() {
        return 4L * elements;
    }

    /// The largest few of `buffers` with their sizes, for error messages.
    public static String largest(Collection<Buffer> buffers) {
        return buffers.stream()
                .sorted(Comparator.comparingInt(Buffer::elements).reversed())
                .limit(LARGEST_NAMED)
                .map(b -> b + " " + b.bytes() + " bytes")
                .collect(Collectors.joining(", "));
    }

    /// `b3:f32[128]`.
    @Override
    public String toString() {
        return "b" + id + ":" + dtype.label() + "[" + elements + "]";
    }
}
