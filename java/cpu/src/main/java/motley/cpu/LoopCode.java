package motley.cpu;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.MTD_void;
import static motley.cpu.VectorTypes.FLOATS;
import static motley.cpu.VectorTypes.INTS;
import static motley.cpu.VectorTypes.SPECIES;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Node;

/// Class files of fused loops: strides and inner extents are literals, places are arguments.
///
/// Loops have the one form that the JIT compiles to hand-written speed: one induction variable with
/// literal step, contiguous loads and stores, all values in locals.
class LoopCode {
    /// Lanes of a vector of this processor.
    static final int LANES = FloatVector.SPECIES_PREFERRED.length();

    final CodeBuilder c;
    final PointCode points;
    final List<Integer> extents;
    private final List<Node> nodes;
    private final int[] indices;
    private int nextStart;
    private final List<Runnable> basesAtPoint = new ArrayList<>();

    LoopCode(CodeBuilder c, ClassDesc owner, Kernel.Stage stage) {
        this.c = c;
        nodes = stage.nodes();
        extents = stage.extents();
        int axis = LaneMaps.axis(stage);
        points = new PointCode(c, owner, nodes, axis, LaneMaps.of(stage));
        indices = new int[extents.size()];
        for (int a = 0; a < indices.length; a++) indices[a] = c.allocateLocal(TypeKind.INT);
        prepareLoads(axis);
    }

    /// The class that computes `loop`, whose outermost extent is an argument.
    static byte[] of(ClassDesc name, Kernel.Loop loop) {
        return classFile(name, c -> new LoopCode(c, name, loop).loop(loop));
    }

    static byte[] classFile(ClassDesc name, Consumer<CodeBuilder> run) {
        int constant = ClassFile.ACC_STATIC | ClassFile.ACC_FINAL;
        return ClassFile.of()
                .build(
                        name,
                        k -> {
                            k.withFlags(ClassFile.ACC_FINAL);
                            k.withInterfaceSymbols(
                                    LoopBody.class.describeConstable().orElseThrow());
                            k.withField("FS", SPECIES, constant);
                            k.withField("IS", SPECIES, constant);
                            k.withMethodBody(
                                    "<clinit>",
                                    MTD_void,
                                    ClassFile.ACC_STATIC,
                                    c ->
                                            c.getstatic(FLOATS, "SPECIES_PREFERRED", SPECIES)
                                                    .putstatic(name, "FS", SPECIES)
                                                    .getstatic(INTS, "SPECIES_PREFERRED", SPECIES)
                                                    .putstatic(name, "IS", SPECIES)
                                                    .return_());
                            k.withMethodBody(
                                    "<init>",
                                    MTD_void,
                                    0,
                                    c ->
                                            c.aload(0)
                                                    .invokespecial(CD_Object, "<init>", MTD_void)
                                                    .return_());
                            k.withMethodBody("run", VectorTypes.RUN, ClassFile.ACC_PUBLIC, run);
                        });
    }

    // ---- Addresses -------------------------------------------------------------------------

    private void prepareLoads(int axis) {
        for (int n = 0; n < nodes.size(); n++) {
            switch (nodes.get(n)) {
                case Node.Load(var access) ->
                        basesAtPoint.add(prepareBase(points.base(n), access, axis));
                case Node.Index(int offset, var strides) -> {
                    int start = c.allocateLocal(TypeKind.INT);
                    c.loadConstant(offset).istore(start);
                    basesAtPoint.add(baseAtPoint(points.base(n), start, strides, axis));
                }
                case Node.Constant _, Node.Apply _ -> {}
            }
        }
    }

    /// Reads the next start into a local, from which what is returned sets `base` for the current
    /// indices of the axes with a stride.
    final Runnable prepareBase(int base, Access access, int axis) {
        int start = c.allocateLocal(TypeKind.INT);
        c.aload(PointCode.STARTS).loadConstant(nextStart++).iaload().istore(start);
        return baseAtPoint(base, start, access.strides(), axis);
    }

    private Runnable baseAtPoint(int base, int start, List<Integer> strides, int axis) {
        return () -> {
            c.iload(start);
            for (int a = 0; a < strides.size(); a++) {
                if (a == axis || strides.get(a) == 0) continue;
                c.iload(indices[a]).loadConstant(strides.get(a)).imul().iadd();
            }
            c.istore(base);
        };
    }

    /// Sets the bases of all loads for the current indices.
    final void bases() {
        basesAtPoint.forEach(Runnable::run);
    }

    // ---- Loops -----------------------------------------------------------------------------

    final int index(int axis) {
        return indices[axis];
    }

    /// `for (index = 0; index < extent; index++) body`.
    final void count(int axis, Runnable body) {
        c.iconst_0().istore(indices[axis]);
        repeat(indices[axis], 1, () -> c.loadConstant(extents.get(axis)), body);
    }

    /// `for (index = from; index < to; index++) body` over the arguments.
    final void countTile(int axis, Runnable body) {
        c.iload(PointCode.FROM).istore(indices[axis]);
        repeat(indices[axis], 1, () -> c.iload(PointCode.TO), body);
    }

    /// `for (; index < limit; index += step) body`.
    final void repeat(int index, int step, Runnable limit, Runnable body) {
        var top = c.newLabel();
        var end = c.newLabel();
        c.labelBinding(top).iload(index);
        limit.run();
        c.if_icmpge(end);
        body.run();
        c.iinc(index, step).goto_(top).labelBinding(end);
    }

    /// Axes `[first, end)` nested, the first over the arguments if it is the outermost.
    final void nest(int first, int end, Runnable body) {
        if (first == end) body.run();
        else if (first == 0) countTile(0, () -> nest(1, end, body));
        else count(first, () -> nest(first + 1, end, body));
    }

    /// Whole vectors along `axis`, then a masked one. The body takes the mask, if any.
    final void vectors(int axis, int unroll, IntConsumer wide, Consumer<Optional<Integer>> body) {
        int j = indices[axis];
        if (axis == 0) {
            c.iload(PointCode.FROM).istore(j);
            int limit = c.allocateLocal(TypeKind.INT);
            c.iload(PointCode.TO).loadConstant(LANES - 1).isub().istore(limit);
            repeat(j, LANES, () -> c.iload(limit), () -> body.accept(Optional.empty()));
            var end = c.newLabel();
            c.iload(j).iload(PointCode.TO).if_icmpge(end);
            body.accept(Optional.of(points.maskBetween(j, PointCode.TO)));
            c.labelBinding(end);
            return;
        }
        int extent = extents.get(axis);
        int wideEnd = unroll > 1 ? extent - extent % (unroll * LANES) : 0;
        int wholeEnd = extent - extent % LANES;
        c.iconst_0().istore(j);
        if (wideEnd > 0) {
            int step = unroll * LANES;
            repeat(j, step, () -> c.loadConstant(wideEnd), () -> wide.accept(unroll));
        }
        if (wholeEnd > wideEnd) {
            repeat(j, LANES, () -> c.loadConstant(wholeEnd), () -> body.accept(Optional.empty()));
        }
        if (extent > wholeEnd) body.accept(Optional.of(points.maskOf(extent - wholeEnd)));
    }

    private void loop(Kernel.Loop loop) {
        int inner = extents.size() - 1;
        var stores = loop.stores();
        int[] storeBases = new int[stores.size()];
        var storesAtPoint = new ArrayList<Runnable>();
        for (int s = 0; s < storeBases.length; s++) {
            storeBases[s] = c.allocateLocal(TypeKind.INT);
            storesAtPoint.add(prepareBase(storeBases[s], stores.get(s).to(), inner));
        }
        points.constants();
        nest(
                0,
                inner,
                () -> {
                    bases();
                    storesAtPoint.forEach(Runnable::run);
                    points.invariants();
                    vectors(
                            inner,
                            1,
                            _ -> {},
                            mask -> {
                                points.vary(indices[inner], 0, mask);
                                for (int s = 0; s < storeBases.length; s++) {
                                    int node = stores.get(s).node();
                                    points.store(node, storeBases[s], indices[inner], 0, mask);
                                }
                            });
                });
        c.return_();
    }
}
