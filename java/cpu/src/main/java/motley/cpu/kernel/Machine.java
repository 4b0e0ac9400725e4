package motley.cpu.kernel;

/// What kernels run on: the register tiles of this processor, a pool of threads, shared scratch
/// memory. Results depend on none of them.
public record Machine(Tiles tiles, Threads threads, Workspace workspace) {
    /// Tiles for this processor's vectors, and memory of its own.
    public static Machine on(Threads threads) {
        return new Machine(Tiles.forThisProcessor(), threads, new Workspace());
    }

    /// Gets the code of kernels made since the last call compiled, before they run.
    public void warmUp() {
        tiles.warmUp(threads);
    }
}
