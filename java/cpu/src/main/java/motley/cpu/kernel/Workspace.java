package motley.cpu.kernel;

/// Scratch memory that the kernels of one engine share, since they run one after another.
///
/// Kernels reserve what they need when they are made; nothing is allocated while they run. What one
/// kernel leaves here is garbage to the next. Confined to the engine's caller; a running kernel's
/// threads use parts of it that do not overlap.
public final class Workspace {
    private float[] array = new float[0];

    /// Makes [#array] hold at least `elements`.
    void reserve(long elements) {
        int size = Math.toIntExact(elements);
        if (array.length < size) array = new float[size];
    }

    /// The memory; ask again for each run, because a later reservation replaces it.
    float[] array() {
        return array;
    }
}
