package motley.data;

/// How samples are kept: the input and the target of each.
public record SampleForm(Column input, Column target) {
    /// Bytes of one sample.
    public int sizeBytes() {
        return input.rowBytes() + target.rowBytes();
    }
}
