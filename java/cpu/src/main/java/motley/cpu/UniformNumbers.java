package motley.cpu;

import motley.compiler.kernel.Kernel;
import motley.cpu.kernel.Threads;

/// Philox4x32-10 as a counter-based source of uniform numbers, four from each counter.
/// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", §3.3 and table 2.
final class UniformNumbers {
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    private static final float SCALE = 0x1p-24f;

    private UniformNumbers() {}

    static Task task(int stream, Kernel.Call call, Memory memory, Threads threads) {
        int key = memory.layout().offset(call.in().get(0).buffer());
        int rows = memory.layout().offset(call.in().get(1).buffer());
        int out = memory.layout().offset(call.out().buffer());
        int count = call.in().get(1).buffer().elements();
        int width = call.out().buffer().elements() / count;
        var f = memory.floats();
        var i = memory.ints();
        Threads.Body body =
                (row, _) ->
                        fill(
                                f,
                                out + row * width,
                                width,
                                i[key],
                                i[key + 1],
                                i[rows + row],
                                stream);
        return () -> threads.forEach(count, body);
    }

    /// Numbers `0 … width - 1` of a row.
    static void fill(float[] f, int out, int width, int key0, int key1, int row, int stream) {
        for (int counter = 0; 4 * counter < width; counter++) {
            int c0 = counter;
            int c1 = row;
            int c2 = stream;
            int c3 = 0;
            int k0 = key0;
            int k1 = key1;
            for (int round = 0; round < ROUNDS; round++) {
                long p0 = MULTIPLIER_0 * (c0 & 0xFFFFFFFFL);
                long p1 = MULTIPLIER_1 * (c2 & 0xFFFFFFFFL);
                c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
                c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
                c1 = (int) p1;
                c3 = (int) p0;
                k0 += WEYL_0;
                k1 += WEYL_1;
            }
            int to = out + 4 * counter;
            int left = width - 4 * counter;
            f[to] = uniform(c0);
            if (left > 1) f[to + 1] = uniform(c1);
            if (left > 2) f[to + 2] = uniform(c2);
            if (left > 3) f[to + 3] = uniform(c3);
        }
    }

    private static float uniform(int word) {
        return (word >>> 8) * SCALE;
    }
}
