package motley.cpu;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static motley.cpu.VectorTypes.FLOATS;
import static motley.cpu.VectorTypes.MASK;
import static motley.cpu.VectorTypes.VECTOR;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Optional;
import motley.compiler.kernel.Kernel;
import motley.program.ReduceKind;

/// Class files of folds, in the order of summation that [Kernel.Fold] prescribes.
final class FoldCode extends LoopCode {
    /// Vectors of kept elements that are folded side by side, if the expression is short: about
    /// 64 elements, four lines of the cache, which lie far from those of the next row.
    private static final int UNROLL = LANES >= 16 ? 4 : 8;

    private static final int UNROLL_NODES_MAX = 6;

    private final Kernel.Fold fold;
    private final int value;
    private final int[] accumulators;
    private final int to;
    private final Runnable toAtPoint;

    private FoldCode(CodeBuilder c, ClassDesc owner, Kernel.Fold fold) {
        super(c, owner, fold);
        this.fold = fold;
        value = fold.to().node();
        int count = fold.byLanes() ? Math.max(1, Kernel.Fold.LANES / LANES) : UNROLL;
        accumulators = new int[count];
        for (int a = 0; a < count; a++) accumulators[a] = c.allocateLocal(TypeKind.REFERENCE);
        to = c.allocateLocal(TypeKind.INT);
        toAtPoint = prepareBase(to, fold.to().to(), fold.byLanes() ? -1 : LaneMaps.axis(fold));
    }

    static byte[] of(ClassDesc name, Kernel.Fold fold) {
        return classFile(
                name,
                c -> {
                    var code = new FoldCode(c, name, fold);
                    code.points.constants();
                    if (fold.byLanes()) code.byLanes();
                    else code.byColumns();
                    c.return_();
                });
    }

    private void start(int accumulator) {
        points.floatSpecies();
        c.loadConstant(InterpretedFold.first(fold.kind()));
        points.broadcastFloat();
        c.astore(accumulator);
    }

    /// Combines the value of the current points into `accumulator`, in the masked lanes only.
    private void take(int accumulator, Optional<Integer> mask) {
        c.aload(accumulator);
        if (mask.isPresent()) c.aload(accumulator);
        c.aload(points.local(value));
        c.invokevirtual(FLOATS, combine(fold.kind()), MethodTypeDesc.of(FLOATS, VECTOR));
        if (mask.isPresent()) {
            c.aload(mask.get());
            c.invokevirtual(FLOATS, "blend", MethodTypeDesc.of(FLOATS, VECTOR, MASK));
        }
        c.astore(accumulator);
    }

    private static String combine(ReduceKind kind) {
        return switch (kind) {
            case SUM -> "add";
            case MAX -> "max";
            case MIN -> "min";
        };
    }

    // ---- Lanes along the folded axis -------------------------------------------------------

    private void byLanes() {
        int inner = extents.size() - 1;
        int tail = extents.get(inner) % Kernel.Fold.LANES;
        int[] masks = new int[accumulators.length];
        for (int a = 0; a < masks.length; a++) {
            int lanes = Math.clamp(tail - a * LANES, 0, LANES);
            if (lanes > 0 && lanes < LANES) masks[a] = points.maskOf(lanes);
        }
        nest(
                0,
                fold.kept(),
                () -> {
                    for (int accumulator : accumulators) start(accumulator);
                    nestFolded(
                            inner,
                            () -> {
                                bases();
                                points.invariants();
                                alongLanes(inner, masks);
                            });
                    toAtPoint.run();
                    tree();
                });
    }

    /// The folded axes before `end`.
    private void nestFolded(int end, Runnable body) {
        nestCounted(fold.kept(), end, body);
    }

    private void nestCounted(int first, int end, Runnable body) {
        if (first == end) body.run();
        else count(first, () -> nestCounted(first + 1, end, body));
    }

    private void alongLanes(int inner, int[] masks) {
        int j = index(inner);
        int extent = extents.get(inner);
        int tail = extent % Kernel.Fold.LANES;
        c.iconst_0().istore(j);
        if (extent > tail) {
            repeat(
                    j,
                    Kernel.Fold.LANES,
                    () -> c.loadConstant(extent - tail),
                    () -> {
                        for (int a = 0; a < accumulators.length; a++) {
                            points.vary(j, a * LANES, Optional.empty());
                            take(accumulators[a], Optional.empty());
                        }
                    });
        }
        for (int a = 0; a < accumulators.length && a * LANES < tail; a++) {
            boolean whole = tail - a * LANES >= LANES;
            Optional<Integer> mask = whole ? Optional.empty() : Optional.of(masks[a]);
            points.vary(j, a * LANES, mask);
            take(accumulators[a], mask);
        }
    }

    /// Adds lane `l + w` to lane `l` for `w` = 8, 4, 2, 1, between vectors, then within one.
    private void tree() {
        for (int width = accumulators.length / 2; width > 0; width /= 2) {
            for (int a = 0; a < width; a++) {
                c.aload(accumulators[a]).aload(accumulators[a + width]);
                c.invokevirtual(FLOATS, combine(fold.kind()), MethodTypeDesc.of(FLOATS, VECTOR));
                c.astore(accumulators[a]);
            }
        }
        int[] lanes = new int[Math.min(LANES, Kernel.Fold.LANES)];
        for (int l = 0; l < lanes.length; l++) {
            lanes[l] = c.allocateLocal(TypeKind.FLOAT);
            c.aload(accumulators[0]).loadConstant(l);
            c.invokevirtual(FLOATS, "lane", MethodTypeDesc.of(CD_float, CD_int)).fstore(lanes[l]);
        }
        for (int width = lanes.length / 2; width > 0; width /= 2) {
            for (int l = 0; l < width; l++) {
                c.fload(lanes[l]).fload(lanes[l + width]);
                combineScalars();
                c.fstore(lanes[l]);
            }
        }
        c.aload(PointCode.F).iload(to).fload(lanes[0]).fastore();
    }

    private void combineScalars() {
        var type = MethodTypeDesc.of(CD_float, CD_float, CD_float);
        var math = ClassDesc.of("java.lang.Math");
        switch (fold.kind()) {
            case SUM -> c.fadd();
            case MAX -> c.invokestatic(math, "max", type);
            case MIN -> c.invokestatic(math, "min", type);
        }
    }

    // ---- An accumulator for each kept element ----------------------------------------------

    private void byColumns() {
        int axis = fold.kept() - 1;
        int unroll = fold.nodes().size() <= UNROLL_NODES_MAX ? UNROLL : 1;
        nest(
                0,
                axis,
                () ->
                        vectors(
                                axis,
                                unroll,
                                width -> columns(axis, width, Optional.empty()),
                                mask -> columns(axis, 1, mask)));
    }

    private void columns(int axis, int width, Optional<Integer> mask) {
        for (int u = 0; u < width; u++) start(accumulators[u]);
        nestFolded(
                extents.size(),
                () -> {
                    bases();
                    points.invariants();
                    for (int u = 0; u < width; u++) {
                        points.vary(index(axis), u * LANES, mask);
                        take(accumulators[u], Optional.empty());
                    }
                });
        storeColumns(axis, width, mask);
    }

    private void storeColumns(int axis, int width, Optional<Integer> mask) {
        toAtPoint.run();
        for (int u = 0; u < width; u++) {
            points.storeVector(accumulators[u], to, index(axis), u * LANES, mask);
        }
    }
}
