package motley.program;

import static motley.tensor.Require.require;

/// What a program may ask of the device that runs it. The device's owner sets them; [Verifier]
/// enforces them before anything is allocated.
///
/// @param paramCountMax params of a program
/// @param equationCountMax equations of a program
/// @param resultCountMax results of a program
/// @param operandCountMax operands of one equation
/// @param valueElementsMax elements of one value
/// @param totalBytesMax bytes of all values together, as if none were ever freed
/// @param peakLiveBytesMax bytes of the values alive at the same time, see [Cost]
/// @param flopsMax floating-point operations of one run, see [Cost]
public record Limits(
        int paramCountMax,
        int equationCountMax,
        int resultCountMax,
        int operandCountMax,
        long valueElementsMax,
        long totalBytesMax,
        long peakLiveBytesMax,
        long flopsMax) {
    /// Room for a training step of a network of some hundred million parameters: values of up to
    /// 1 GiB, 8 GiB alive at a time, 64 GiB over the whole run, 7·10¹³ FLOPs.
    public static final Limits DEFAULT =
            new Limits(1 << 13, 1 << 16, 1 << 13, 1 << 10, 1L << 28, 1L << 36, 1L << 33, 1L << 46);

    /// No limit beyond what the types themselves impose: for programs of our own making.
    public static final Limits NONE =
            new Limits(
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE);

    public Limits {
        requireNatural("paramCountMax", paramCountMax);
        requireNatural("equationCountMax", equationCountMax);
        requireNatural("resultCountMax", resultCountMax);
        requireNatural("operandCountMax", operandCountMax);
        requireNatural("valueElementsMax", valueElementsMax);
        requireNatural("totalBytesMax", totalBytesMax);
        requireNatural("peakLiveBytesMax", peakLiveBytesMax);
        requireNatural("flopsMax", flopsMax);
    }

    /// These limits with at most `bytes` alive at the same time: the memory an owner lends.
    public Limits withPeakLiveBytesMax(long bytes) {
        return new Limits(
                paramCountMax,
                equationCountMax,
                resultCountMax,
                operandCountMax,
                valueElementsMax,
                totalBytesMax,
                bytes,
                flopsMax);
    }

    /// These limits with at most `flops` a run: the time an owner lends.
    public Limits withFlopsMax(long flops) {
        return new Limits(
                paramCountMax,
                equationCountMax,
                resultCountMax,
                operandCountMax,
                valueElementsMax,
                totalBytesMax,
                peakLiveBytesMax,
                flops);
    }

    private static void requireNatural(String name, long value) {
        require(value >= 0, "%s: %d (expected: not negative)", name, value);
    }
}
