package motley.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Node;

/// How far apart the lanes of strided vectors lie. [LoopBody#run] finds the distances behind the
/// starts: for each stride other than 0 and 1 along the vector axis, one int a lane.
final class LaneMaps {
    private final int first;
    private final List<Integer> strides = new ArrayList<>();

    private LaneMaps(int first) {
        this.first = first;
    }

    static LaneMaps of(Kernel.Stage stage) {
        int axis = axis(stage);
        int loads = 0;
        var found = new ArrayList<Integer>();
        for (var node : stage.nodes()) {
            if (!(node instanceof Node.Load(var access))) continue;
            loads++;
            if (axis >= 0) found.add(access.strides().get(axis));
        }
        var maps = new LaneMaps(loads + stage.stores().size());
        found.stream().distinct().filter(s -> s != 0 && s != 1).forEach(maps.strides::add);
        return maps;
    }

    /// The axis that vectors lie along; negative if there is none.
    static int axis(Kernel.Stage stage) {
        return switch (stage) {
            case Kernel.Loop loop -> loop.extents().size() - 1;
            case Kernel.Fold fold -> fold.byLanes() ? fold.extents().size() - 1 : fold.kept() - 1;
        };
    }

    /// Where the map of `stride` begins in the list of starts.
    int offset(int stride) {
        return first + strides.indexOf(stride) * LoopCode.LANES;
    }

    /// All maps in order.
    IntStream stream() {
        return strides.stream()
                .flatMapToInt(s -> IntStream.range(0, LoopCode.LANES).map(lane -> lane * s));
    }
}
