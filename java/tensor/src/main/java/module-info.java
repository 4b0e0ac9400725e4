import org.jspecify.annotations.NullMarked;

/// Shapes, element types and tensors over memory segments: layout and lifetime, no arithmetic.
@NullMarked
module motley.tensor {
    requires static org.jspecify;

    exports motley.tensor;
}
