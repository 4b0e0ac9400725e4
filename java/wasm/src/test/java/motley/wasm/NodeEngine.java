package motley.wasm;

import static motley.tensor.Require.require;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import motley.compiler.device.DevicePlan;
import motley.program.Engine;
import motley.program.Executable;
import motley.program.Program;
import motley.tensor.DType;
import motley.tensor.Tensor;

/// Plans of the renderer, run by Node.
public final class NodeEngine implements Engine {
    private final NodeProcess node;
    private final WasmFeatures features;
    private int next;

    public NodeEngine(NodeProcess node, WasmFeatures features) {
        this.node = node;
        this.features = features;
    }

    @Override
    public String numericClass() {
        return WasmCompiler.numericClass(features);
    }

    @Override
    public Run prepare(Program program, List<Carry> carries) {
        var plan = WasmCompiler.compile(program, carries, features);
        var code = (DevicePlan.Code.Module) plan.code();
        int id = next++;
        node.load(id, Base64.getDecoder().decode(code.base64()), code);
        return new Run(id, plan, List.copyOf(carries));
    }

    /// The process stays; whoever started it ends it.
    @Override
    public void close() {}

    /// A plan in the process.
    public final class Run implements Executable {
        private final int id;
        private final DevicePlan plan;
        private final List<Carry> carries;
        private final Tensor[] setAside;

        private Run(int id, DevicePlan plan, List<Carry> carries) {
            this.id = id;
            this.plan = plan;
            this.carries = carries;
            setAside = new Tensor[plan.outputs().size()];
        }

        @Override
        public void write(int param, Tensor value) {
            var port = plan.inputs().get(Objects.checkIndex(param, plan.inputs().size()));
            require(value.type().equals(port.type()), "param: %s", value.type());
            for (var carry : carries) {
                if (carry.param() == param) keep(carry.result());
            }
            node.write(id, (int) port.place().offset(), bytes(value));
        }

        private void keep(int result) {
            var copy = Tensor.onHeap(plan.outputs().get(result).type());
            read(result, copy);
            setAside[result] = copy;
        }

        @Override
        public void run() {
            Arrays.fill(setAside, null);
            node.run(id, 1);
        }

        /// Nanoseconds of one of `times` runs.
        public long time(int times) {
            return node.run(id, times) / times;
        }

        @Override
        public void read(int result, Tensor into) {
            var port = plan.outputs().get(Objects.checkIndex(result, plan.outputs().size()));
            require(into.type().equals(port.type()), "result: %s", into.type());
            if (setAside[result] != null) {
                into.copyFrom(setAside[result]);
                return;
            }
            var place = port.place();
            fill(into, node.read(id, (int) place.offset(), (int) place.bytes()));
        }

        @Override
        public void close() {
            node.forget(id);
        }
    }

    private static byte[] bytes(Tensor value) {
        int count = value.type().shape().count();
        var bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            switch (value.type().dtype()) {
                case F32 -> bytes.putFloat(value.getFloat(i));
                case I32 -> bytes.putInt(value.getInt(i));
                case BOOL -> bytes.putInt(value.getBoolean(i) ? 1 : 0);
            }
        }
        return bytes.array();
    }

    private static void fill(Tensor into, ByteBuffer bytes) {
        int count = into.type().shape().count();
        for (int i = 0; i < count; i++) {
            if (into.type().dtype() == DType.F32) into.setFloat(i, bytes.getFloat());
            else if (into.type().dtype() == DType.I32) into.setInt(i, bytes.getInt());
            else into.setBoolean(i, bytes.getInt() != 0);
        }
    }
}
