package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Operand;
import motley.compiler.kernel.Store;
import motley.compiler.kernel.Target;
import motley.program.Equation;
import motley.program.Op;
import motley.program.Program;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.Shape;

/// Turns the equations of one program into kernels over buffers that have no place yet.
public final class Lowering {
    private final Program program;
    private final Fusion fusion;
    private final Triangles triangles;
    private final Map<Var, Integer> outsideUses;
    private final List<Kernel> kernels = new ArrayList<>();
    private final Map<Var, Buffer> buffers = new HashMap<>();
    private final Map<Var, Operand> copies = new HashMap<>();
    private final Set<Step> absorbed = new HashSet<>();
    private final Map<Integer, String> labels = new HashMap<>();
    private String label = "";
    private int nextBuffer;

    private Lowering(Program program) {
        this.program = program;
        this.fusion = Fusion.of(program);
        this.triangles = Triangles.of(program, fusion);
        this.outsideUses = fusion.outsideUses();
    }

    /// Kernels in order, and what params and results are made of.
    ///
    /// @param labels of buffers by id: which parts of the model their values belong to
    public record Lowered(
            List<Operand> params,
            List<Operand> results,
            List<Kernel> kernels,
            Map<Integer, String> labels) {
        public Lowered {
            params = List.copyOf(params);
            results = List.copyOf(results);
            kernels = List.copyOf(kernels);
            labels = Map.copyOf(labels);
        }
    }

    /// Lowers `program`, which must be well typed.
    public static Lowered lower(Program program, Target target) {
        return new Lowering(program).run(target);
    }

    private Lowered run(Target target) {
        var params = program.params().stream().map(p -> new Operand(buffer(p), p.type())).toList();
        var order = fusion.ordered();
        order.forEach(this::markAbsorbed);
        for (var step : order) {
            if (!absorbed.contains(step)) emit(step);
        }
        label = "";
        var results = results();
        var kept = new HashSet<Buffer>();
        results.forEach(r -> kept.add(r.buffer()));
        var rows = target.gathersRows() ? RowGroups.gather(kernels, kept) : kernels;
        return new Lowered(params, results, GradientPairs.gather(rows), labels);
    }

    // ---- Values ----------------------------------------------------------------------------

    private Buffer buffer(Var base) {
        return buffers.computeIfAbsent(
                base, v -> newBuffer(v.type().dtype(), v.type().shape().count()));
    }

    Buffer newBuffer(DType dtype, int elements) {
        return new Buffer(nextBuffer++, dtype, elements);
    }

    View view(Var v) {
        return fusion.view(v);
    }

    void emit(Kernel kernel) {
        kernels.add(kernel);
        if (label.isEmpty()) return;
        for (var written : kernel.writes()) labels.putIfAbsent(written.id(), label);
    }

    Access access(View view) {
        return new Access(buffer(view.base()), view.offset(), view.strides());
    }

    /// `v` as a dense tensor, copied if it is only a view or a formula.
    Operand dense(Var v) {
        var view = fusion.view(v);
        if (hasMemory(view.base()) && view.isWhole()) {
            return new Operand(buffer(view.base()), v.type());
        }
        return copies.computeIfAbsent(v, this::copied);
    }

    boolean hasMemory(Var base) {
        var definition = fusion.definition(base);
        return definition.isEmpty()
                || !(definition.get().op() instanceof Op.Fill
                        || definition.get().op() instanceof Op.Iota);
    }

    Operand copied(Var v) {
        var view = fusion.view(v);
        var to = newBuffer(v.type().dtype(), v.type().shape().count());
        emit(copy(view, new Access(to, 0, View.dense(view.shape()))));
        return new Operand(to, v.type());
    }

    private Kernel.Loop copy(View from, Access to) {
        var nodes = new NodeList();
        int value = read(nodes, from);
        return loop(from.shape(), nodes, List.of(new Store(to, value)));
    }

    static Kernel.Loop loop(Shape points, NodeList nodes, List<Store> stores) {
        return Axes.collapse(new Kernel.Loop(points.dims(), nodes.nodes(), stores));
    }

    /// The node that reads `view` at the points of its shape.
    int read(NodeList nodes, View view) {
        var definition = fusion.definition(view.base());
        if (definition.isPresent()
                && definition.get().op() instanceof Op.Fill(var type, var value)) {
            return switch (type.dtype()) {
                case F32 -> nodes.number(value);
                case I32 -> nodes.integer((int) value);
                case BOOL -> nodes.add(new Node.Constant(DType.BOOL, (int) value));
            };
        }
        if (definition.isPresent() && definition.get().op() instanceof Op.Iota) {
            return nodes.add(new Node.Index(view.offset(), view.strides()));
        }
        return nodes.add(new Node.Load(access(view)));
    }

    /// One buffer for each result, none of them a param's and none shared, so that a carry can take
    /// the param's place.
    private List<Operand> results() {
        var results = new ArrayList<Operand>();
        var taken = new HashSet<Buffer>();
        program.params().forEach(p -> taken.add(buffer(p)));
        for (var v : program.results()) {
            var operand = dense(v);
            if (!taken.add(operand.buffer())) {
                operand = copied(v);
                taken.add(operand.buffer());
            }
            results.add(operand);
        }
        return results;
    }

    // ---- Steps -----------------------------------------------------------------------------

    /// A loop whose only value is used once, by a fold, is evaluated inside that fold.
    private void markAbsorbed(Step step) {
        var fold = step.members().getFirst();
        if (!isFold(fold)) return;
        prologue(fold).ifPresent(absorbed::add);
    }

    private static boolean isFold(Equation e) {
        return e.op() instanceof Op.Reduce && Fusion.points(e).isEmpty();
    }

    private Optional<Step> prologue(Equation fold) {
        var view = fusion.view(fold.in().getFirst());
        var maker = fusion.maker(view.base());
        if (maker.isEmpty() || maker.get().points().isEmpty() || !view.isWhole()) {
            return Optional.empty();
        }
        for (var e : maker.get().members()) {
            int uses = outsideUses.getOrDefault(e.out(), 0);
            if (uses != (e.out().equals(view.base()) ? 1 : 0)) return Optional.empty();
            for (int i = 0; i < e.in().size(); i++) {
                if (fusion.read(e, i, view.shape()).isEmpty()) return Optional.empty();
            }
        }
        return maker;
    }

    private void emit(Step step) {
        label = label(step);
        var first = step.members().getFirst();
        if (step.points().isPresent()) emitLoop(step);
        else if (isFold(first)) emitFold(first);
        else if (first.op() instanceof Op.Pad || first.op() instanceof Op.Concatenate) {
            new Assembly(this).emit(first, buffer(first.out()));
        } else if (first.op() instanceof Op.DotGeneral dot) {
            new Products(this, triangles).emit(first, dot);
        } else if (step.members().size() > 1) emitWithEpilogue(step);
        else emitCall(first);
    }

    /// The labels of what is fused, each once.
    private static String label(Step step) {
        return step.members().stream()
                .map(Equation::label)
                .filter(name -> !name.isEmpty())
                .distinct()
                .collect(Collectors.joining(" + "));
    }

    private void emitCall(Equation e) {
        var in = e.in().stream().map(this::dense).toList();
        emit(new Kernel.Call(e.op(), in, new Operand(buffer(e.out()), e.out().type())));
    }

    private void emitWithEpilogue(Step step) {
        var convolution = step.members().getFirst();
        var sum = step.members().get(1);
        var out = step.members().getLast().out();
        var in = new ArrayList<>(convolution.in().stream().map(this::dense).toList());
        in.add(dense(fusion.epilogues().bias(sum.out()).orElseThrow()));
        var epilogue = out.equals(sum.out()) ? Kernel.Epilogue.BIAS : Kernel.Epilogue.BIAS_AND_RELU;
        var to = new Operand(buffer(out), out.type());
        emit(new Kernel.Call(convolution.op(), in, to, epilogue));
    }

    private void emitLoop(Step step) {
        var points = step.points().orElseThrow();
        var nodes = new NodeList();
        var values = evaluate(step, points, nodes);
        var stores = new ArrayList<Store>();
        for (var e : step.members()) {
            if (outsideUses.getOrDefault(e.out(), 0) == 0) continue;
            var to = new Access(buffer(e.out()), 0, View.dense(points));
            stores.add(new Store(to, node(values, e.out())));
        }
        if (!stores.isEmpty()) emit(loop(points, nodes, stores));
    }

    /// The node of every member of `step`.
    private Map<Var, Integer> evaluate(Step step, Shape points, NodeList nodes) {
        var values = new HashMap<Var, Integer>();
        var expressions = new Expressions(nodes);
        for (var e : step.members()) {
            var in = new ArrayList<Integer>();
            for (int i = 0; i < e.in().size(); i++) {
                var view = fusion.read(e, i, points).orElseThrow();
                var own = values.get(view.base());
                in.add(own != null ? own : read(nodes, view));
            }
            values.put(e.out(), evaluate(e, in, expressions, nodes, points));
        }
        return values;
    }

    private int evaluate(
            Equation e, List<Integer> in, Expressions expressions, NodeList nodes, Shape points) {
        return switch (e.op()) {
            case Op.Elementwise op -> expressions.apply(op, in);
            case Op.OneHot _ -> {
                var shape = e.out().type().shape();
                var along = View.counting(e.out(), shape.rank() - 1).reshape(points).orElseThrow();
                int index = nodes.add(new Node.Index(0, along.strides()));
                int equal =
                        nodes.apply(motley.compiler.kernel.Primitive.INT_EQ, in.getFirst(), index);
                yield expressions.convert(equal, DType.F32);
            }
            case Op.Movement _, Op.Reduction _ -> in.getFirst();
            case Op.Windowed _, Op.Contraction _, Op.Indexing _, Op.Source _ ->
                    throw new IllegalStateException(e + " in a loop");
        };
    }

    private static int node(Map<Var, Integer> values, Var v) {
        var node = values.get(v);
        if (node == null) throw new IllegalStateException("no value of " + v);
        return node;
    }

    private void emitFold(Equation e) {
        if (!(e.op() instanceof Op.Reduce(var kind, var axes))) {
            throw new IllegalStateException(e.toString());
        }
        var x = e.in().getFirst();
        var view = fusion.view(x);
        var nodes = new NodeList();
        var inner = prologue(e);
        int value =
                inner.isPresent()
                        ? node(evaluate(inner.get(), view.shape(), nodes), view.base())
                        : read(nodes, view);
        var to = new Store(new Access(buffer(e.out()), 0, List.of()), value);
        new Folds(this).emit(kind, view.shape(), axes, nodes.nodes(), to);
    }
}
