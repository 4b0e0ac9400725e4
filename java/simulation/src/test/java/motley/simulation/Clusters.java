package motley.simulation;

import java.util.SplittableRandom;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.data.ArraySamples;
import motley.nn.Layer.Dense;
import motley.nn.Layer.Relu;
import motley.nn.Model;
import motley.program.Engine;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// Noisy points around four corners, and a small net that learns which is whose.
final class Clusters {
    private static final int FEATURES = 16;
    private static final int CLASSES = 4;

    private Clusters() {}

    static Pupil pupil() {
        return pupil(CpuEngine.open(new CpuSettings(1)));
    }

    /// @param engine is closed with it
    static Pupil pupil(Engine engine) {
        return new Pupil(
                engine,
                Model.sequential(
                        "clusters",
                        TensorType.f32(FEATURES),
                        new Dense(16),
                        new Relu(),
                        new Dense(CLASSES)),
                points(1, 2_000),
                points(2, 500),
                8);
    }

    private static ArraySamples points(long seed, int count) {
        var random = new SplittableRandom(seed);
        var inputs = new float[count * FEATURES];
        var targets = new int[count];
        for (int i = 0; i < count; i++) {
            int label = random.nextInt(CLASSES);
            targets[i] = label;
            for (int j = 0; j < FEATURES; j++) {
                double centre = j % CLASSES == label ? 1 : 0;
                inputs[i * FEATURES + j] = (float) (centre + 0.8 * random.nextGaussian());
            }
        }
        return ArraySamples.of(
                Tensor.ofFloats(TensorType.f32(count, FEATURES).shape(), inputs),
                Tensor.ofInts(TensorType.i32(count).shape(), targets));
    }
}
