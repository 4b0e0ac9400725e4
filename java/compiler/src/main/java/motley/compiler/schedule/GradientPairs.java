package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.List;
import motley.compiler.kernel.Kernel;
import motley.program.Op;

/// Makes the two gradients of a convolution one kernel, [Kernel.Gradients], where they follow one
/// another closely: the later one moves up to the earlier, if all it reads is there by then.
///
/// No bit of any result depends on it.
final class GradientPairs {
    /// How far behind a gradient the other is looked for: farther, its result would have to be kept
    /// for long.
    private static final int REACH = 8;

    private final List<Kernel> waiting;

    private GradientPairs(List<Kernel> kernels) {
        waiting = new ArrayList<>(kernels);
    }

    /// The same work in fewer kernels.
    static List<Kernel> gather(List<Kernel> kernels) {
        return new GradientPairs(kernels).run();
    }

    private List<Kernel> run() {
        var done = new ArrayList<Kernel>();
        while (!waiting.isEmpty()) {
            var first = waiting.removeFirst();
            done.add(first instanceof Kernel.Call call ? paired(call) : first);
        }
        return done;
    }

    /// `first` and its partner, which waits no longer; `first` alone if it has none.
    private Kernel paired(Kernel.Call first) {
        for (int i = 0; i < Math.min(REACH, waiting.size()); i++) {
            if (!(waiting.get(i) instanceof Kernel.Call other)) continue;
            if (other.reads().contains(first.out().buffer()) || !isReady(other, i)) continue;
            if (arePair(first, other)) {
                waiting.remove(i);
                return new Kernel.Gradients(first, other);
            }
            if (arePair(other, first)) {
                waiting.remove(i);
                return new Kernel.Gradients(other, first);
            }
        }
        return first;
    }

    /// Whether none of the first `count` kernels that wait makes what `call` reads.
    private boolean isReady(Kernel.Call call, int count) {
        return waiting.subList(0, count).stream()
                .flatMap(kernel -> kernel.writes().stream())
                .noneMatch(call.reads()::contains);
    }

    private static boolean arePair(Kernel.Call ofImages, Kernel.Call ofFilters) {
        return ofImages.op() instanceof Op.ConvolutionInputGradient(var spec, var images)
                && ofFilters.op() instanceof Op.ConvolutionFilterGradient(var other, var filters)
                && spec.equals(other)
                && images.equals(ofFilters.in().get(0).type().shape())
                && filters.equals(ofImages.in().get(1).type().shape())
                && ofImages.in().get(0).equals(ofFilters.in().get(1));
    }
}
