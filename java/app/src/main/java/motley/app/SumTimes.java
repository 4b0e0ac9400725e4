package motley.app;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import motley.wire.FixedPointSum;
import motley.wire.encoding.EncodedVector;
import motley.wire.encoding.Encoder;
import motley.wire.encoding.Encoding;

/// How fast one thread encodes updates and adds them up, in elements.
///
/// What a coordinator does with a contribution is `scan`, then `add`: whole numbers of 64 bits, in
/// any order the same. Beside it stands the sum in floats that others make, which is not.
final class SumTimes {
    /// The second compiler is behind by about as much where two cores have all to do.
    private static final long WARM_UP_NS = 1_500_000_000L;

    private static final int TIMES = 200;
    private static final int ADDENDS_MAX = 1 << 20;

    private static final List<String> FORMS =
            List.of("f32", "bf16", "int8", "int4", "e3m0", "int2", "top-k:0.01", "low-rank:2");

    private final int elements;
    private final MemorySegment vector;
    private final List<Map<String, Object>> rows = new ArrayList<>();

    private SumTimes(int elements) {
        this.elements = elements;
        var random = new Random(1);
        var floats = new float[elements];
        for (int i = 0; i < elements; i++) floats[i] = (float) random.nextGaussian();
        vector = MemorySegment.ofArray(floats);
    }

    /// One row for each thing that is done with vectors of `elements`.
    static List<Map<String, Object>> of(int elements) {
        var times = new SumTimes(elements);
        times.sums();
        times.encoders();
        return times.rows;
    }

    private void sums() {
        var sum = new FixedPointSum(elements, ADDENDS_MAX);
        var floats = new float[elements];
        var tile = new float[EncodedVector.TILE];
        for (var text : FORMS) {
            var addend = addend(text);
            float largest = sum.scan(addend).largest();
            time(text + " -> 64-bit sum", () -> sum.add(addend, largest));
            time(text + " -> scan", () -> sum.scan(addend));
            if (text.equals("int8")) {
                together(sum, text);
                time("int8 -> f32 sum, as others do", () -> addFloats(addend, tile, floats));
            }
        }
    }

    /// As many as a coordinator adds in one pass where they wait.
    private void together(FixedPointSum sum, String text) {
        var all = new ArrayList<FixedPointSum.Addend>();
        for (int k = 0; k < FixedPointSum.TOGETHER; k++) {
            var each = addend(text);
            all.add(new FixedPointSum.Addend(each, sum.scan(each).largest(), 1));
        }
        var name = "%d of %s -> 64-bit sum".formatted(all.size(), text);
        time(name, all.size(), () -> sum.add(all));
    }

    /// With bytes of its own.
    private EncodedVector addend(String text) {
        var encoding = Encoding.parse(text);
        var encoded = Encoder.of(encoding, elements).encode(vector);
        var bytes = MemorySegment.ofArray(encoded.toArray(ValueLayout.JAVA_BYTE));
        return switch (EncodedVector.open(encoding, elements, bytes)) {
            case EncodedVector.Opened.Whole(var addend) -> addend;
            case EncodedVector.Opened.Flawed(var reason) -> throw new IllegalStateException(reason);
        };
    }

    private void addFloats(EncodedVector addend, float[] tile, float[] sum) {
        for (int at = 0; at < elements; at += tile.length) {
            int length = Math.min(tile.length, elements - at);
            addend.read(at, tile, length);
            for (int i = 0; i < length; i++) sum[at + i] += tile[i];
        }
    }

    private void encoders() {
        for (var text : FORMS.subList(1, FORMS.size())) {
            var encoder = Encoder.of(Encoding.parse(text), elements);
            time("f32 -> " + text, () -> encoder.encode(vector));
        }
    }

    private void time(String name, Runnable work) {
        time(name, 1, work);
    }

    /// @param work goes so many times over all elements
    private void time(String name, int vectors, Runnable work) {
        long begunNs = System.nanoTime();
        while (System.nanoTime() - begunNs < WARM_UP_NS) work.run();
        var ns = new double[TIMES];
        for (int i = 0; i < TIMES; i++) {
            long startNs = System.nanoTime();
            work.run();
            ns[i] = System.nanoTime() - startNs;
        }
        Arrays.sort(ns);
        var row = new LinkedHashMap<String, Object>();
        row.put("name", name);
        row.put("elements", elements);
        row.put("bestPerNs", (double) elements * vectors / ns[0]);
        row.put("medianPerNs", (double) elements * vectors / ns[TIMES / 2]);
        rows.add(row);
    }
}
