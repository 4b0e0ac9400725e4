package motley.worker;

import static motley.tensor.Require.require;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import motley.data.ImageDataset;
import motley.data.Samples;
import motley.data.SplitSamples;
import motley.tensor.DType;
import motley.tensor.Tensor;
import motley.wire.DeviceProfile.OwnSamples;

/// Samples that lie on this device and never leave it: a coordinator hears what they are, and gets
/// what was learnt of them.
///
/// Thread-safe: nothing changes after it was read.
public final class OwnDatasets {
    /// A device without.
    public static final OwnDatasets NONE = new OwnDatasets(Map.of());

    private static final int NAME_CHARS_MAX = 64;
    private static final int PART = 256;

    private final Map<String, Samples> byName;

    private OwnDatasets(Map<String, Samples> byName) {
        this.byName = byName;
    }

    /// Reads the training samples of directories of IDX files and of NumPy files (`.npz`).
    ///
    /// @param places by name
    /// @throws motley.data.DatasetException if a file is unusable
    /// @throws IllegalArgumentException if a name is, or there are too many
    public static OwnDatasets read(Map<String, Path> places) {
        require(
                places.size() <= OwnSamples.OFFERED_MAX,
                "data: %d sets (expected: at most %d)",
                places.size(),
                OwnSamples.OFFERED_MAX);
        var byName = new TreeMap<String, Samples>();
        places.forEach(
                (name, place) -> {
                    require(
                            !name.isBlank() && name.length() <= NAME_CHARS_MAX,
                            "data: name \"%s\" (expected: 1 to %d characters)",
                            name,
                            NAME_CHARS_MAX);
                    byName.put(name, read(place));
                });
        return new OwnDatasets(byName);
    }

    private static Samples read(Path place) {
        if (place.toString().endsWith(".npz")) return SplitSamples.ofArrays(place).train();
        return ImageDataset.trainingIn(place);
    }

    /// What a coordinator is told, in the order of names.
    List<OwnSamples> offered() {
        var offered = new ArrayList<OwnSamples>();
        byName.forEach(
                (name, samples) ->
                        offered.add(
                                new OwnSamples(
                                        name,
                                        samples.count(),
                                        samples.inputType().toString(),
                                        samples.targetType().toString(),
                                        classes(samples))));
        return offered;
    }

    /// The samples called `name`.
    ///
    /// @throws IllegalArgumentException if there are none
    Samples named(String name) {
        var samples = byName.get(name);
        if (samples != null) return samples;
        throw new IllegalArgumentException(
                "own data: %s (expected: one of %s)".formatted(name, byName.keySet()));
    }

    /// One more than the highest label; 0 where targets are not labels.
    private static int classes(Samples samples) {
        if (samples.targetType().dtype() != DType.I32) return 0;
        int classes = 0;
        for (int first = 0; first < samples.count(); first += PART) {
            int count = Math.min(PART, samples.count() - first);
            classes = Math.max(classes, highest(samples, first, count) + 1);
        }
        return classes;
    }

    private static int highest(Samples samples, int first, int count) {
        var input = samples.inputType();
        var target = samples.targetType();
        var inputs = Tensor.onHeap(input.with(input.shape().prepend(count)));
        var targets = Tensor.onHeap(target.with(target.shape().prepend(count)));
        var chosen = new int[count];
        for (int i = 0; i < count; i++) chosen[i] = first + i;
        samples.copy(chosen, inputs, targets);
        int highest = 0;
        for (int i = 0; i < count * target.shape().count(); i++) {
            highest = Math.max(highest, targets.getInt(i));
        }
        return highest;
    }
}
