package motley.cpu;

import java.util.function.LongSupplier;
import jdk.incubator.vector.FloatVector;

/// The peak of one thread: how fast this processor multiplies and adds floats that never leave its
/// registers. No contraction can be faster, so its speed is stated as a share of this.
///
/// Twelve independent chains of fused multiply-adds fill two units of a latency of up to six
/// cycles, and with their two constants need 14 registers, which every vector unit has.
public final class FmaPeak {
    private static final int CHAINS = 12;

    /// Length of a chain in one sample: about 50 µs, short enough to escape interruptions.
    private static final int LINKS = 10_000;

    /// The first samples are interpreted and compiled; the fastest of the others counts.
    private static final int SAMPLES = 2_000;

    private FmaPeak() {}

    /// GFLOP/s of the calling thread in float32, a fused multiply-add counting as two. Takes about
    /// 100 ms.
    ///
    /// @param nanoTime the time in ns, from any origin
    public static double measure(LongSupplier nanoTime) {
        var sink = new float[FloatVector.SPECIES_PREFERRED.length()];
        long shortestNs = Long.MAX_VALUE;
        for (int sample = 0; sample < SAMPLES; sample++) {
            long start = nanoTime.getAsLong();
            multiply(LINKS, sink);
            shortestNs = Math.min(shortestNs, nanoTime.getAsLong() - start);
        }
        return 2.0 * CHAINS * LINKS * sink.length / Math.max(1, shortestNs);
    }

    /// Every chain grows by a half a link. The sum is what each instruction overwrites, as in a
    /// product of matrices: a chain through a factor instead needs a copy of the constant for each
    /// instruction, and was measured a sixth slower.
    private static void multiply(int links, float[] sink) {
        var species = FloatVector.SPECIES_PREFERRED;
        var half = FloatVector.broadcast(species, 0.5f);
        var one = FloatVector.broadcast(species, 1);
        var s0 = FloatVector.zero(species);
        var s1 = s0;
        var s2 = s0;
        var s3 = s0;
        var s4 = s0;
        var s5 = s0;
        var s6 = s0;
        var s7 = s0;
        var s8 = s0;
        var s9 = s0;
        var s10 = s0;
        var s11 = s0;
        for (int link = 0; link < links; link++) {
            s0 = half.fma(one, s0);
            s1 = half.fma(one, s1);
            s2 = half.fma(one, s2);
            s3 = half.fma(one, s3);
            s4 = half.fma(one, s4);
            s5 = half.fma(one, s5);
            s6 = half.fma(one, s6);
            s7 = half.fma(one, s7);
            s8 = half.fma(one, s8);
            s9 = half.fma(one, s9);
            s10 = half.fma(one, s10);
            s11 = half.fma(one, s11);
        }
        var even = s0.add(s2).add(s4).add(s6).add(s8).add(s10);
        var odd = s1.add(s3).add(s5).add(s7).add(s9).add(s11);
        even.add(odd).intoArray(sink, 0);
    }
}
