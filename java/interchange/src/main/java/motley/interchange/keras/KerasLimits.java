package motley.interchange.keras;

/// What a file of a stranger may cost.
///
/// @param fileBytesMax of the file, and of its weights when unpacked
/// @param configCharactersMax of the JSON that describes the model
/// @param weightsBytesMax of all parameters together
/// @param weightsPerByteMax how many bytes of parameters a byte of the file may stand for, since
///     HDF5 may compress them
public record KerasLimits(
        long fileBytesMax, int configCharactersMax, long weightsBytesMax, int weightsPerByteMax) {
    /// Layers of a model, at most, those of models within it included.
    public static final int LAYERS_MAX = 4096;

    /// How deep models may lie within models.
    public static final int DEPTH_MAX = 16;

    /// For a process with heap to spare: 1 GiB each.
    public static final KerasLimits USUAL = new KerasLimits(1L << 30, 1 << 24, 1L << 30, 64);
}
