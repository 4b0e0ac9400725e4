package motley.webgpu;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import motley.compiler.device.DevicePlan;
import motley.compiler.device.DevicePlanJson;
import motley.program.Engine;
import motley.program.Executable;
import motley.program.Program;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import motley.webgpu.wgsl.GpuPlans;
import motley.webgpu.wgsl.GpuTarget;

/// Device plans as JSON, run by a page of a real browser.
final class BrowserEngine implements Engine {
    private final Page page;
    private final GpuTarget target;
    private int next;

    BrowserEngine(Page page, GpuTarget target) {
        this.page = page;
        this.target = target;
    }

    @Override
    public String numericClass() {
        return "webgpu-3-browser";
    }

    @Override
    public Executable prepare(Program program, List<Carry> carries) {
        var plan = GpuPlans.compile(program, carries, target);
        int id = next++;
        page.ask("{\"load\":%s,\"id\":%d}".formatted(DevicePlanJson.write(plan), id));
        return new Run(id, plan, List.copyOf(carries));
    }

    /// The page stays; whoever opened it closes it.
    @Override
    public void close() {}

    private final class Run implements Executable {
        private final int id;
        private final DevicePlan plan;
        private final List<Carry> carries;
        private final List<Optional<Tensor>> setAside = new ArrayList<>();

        Run(int id, DevicePlan plan, List<Carry> carries) {
            this.id = id;
            this.plan = plan;
            this.carries = carries;
            for (int i = 0; i < plan.outputs().size(); i++) setAside.add(Optional.empty());
        }

        @Override
        public void write(int param, Tensor value) {
            var port = plan.inputs().get(Objects.checkIndex(param, plan.inputs().size()));
            requireType(value.type(), port.type());
            for (var carry : carries) {
                if (carry.param() == param) keep(carry.result());
            }
            var text = Base64.getEncoder().encodeToString(bytes(value));
            page.ask(
                    "{\"write\":\"%s\",\"id\":%d,\"buffer\":%d,\"offset\":%d}"
                            .formatted(text, id, port.place().buffer(), port.place().offset()));
        }

        private void keep(int result) {
            var copy = Tensor.onHeap(plan.outputs().get(result).type());
            read(result, copy);
            setAside.set(result, Optional.of(copy));
        }

        @Override
        public void run() {
            setAside.replaceAll(_ -> Optional.empty());
            page.ask("{\"run\":true,\"id\":%d}".formatted(id));
        }

        @Override
        public void read(int result, Tensor into) {
            var port = plan.outputs().get(Objects.checkIndex(result, plan.outputs().size()));
            requireType(into.type(), port.type());
            if (setAside.get(result).isPresent()) {
                into.copyFrom(setAside.get(result).get());
                return;
            }
            var place = port.place();
            var text =
                    page.ask(
                            "{\"read\":%d,\"id\":%d,\"buffer\":%d,\"offset\":%d}"
                                    .formatted(place.bytes(), id, place.buffer(), place.offset()));
            fill(into, ByteBuffer.wrap(Base64.getDecoder().decode(text)));
        }

        @Override
        public void close() {
            page.ask("{\"forget\":true,\"id\":%d}".formatted(id));
        }
    }

    private static void requireType(TensorType type, TensorType expected) {
        motley.tensor.Require.require(
                type.equals(expected), "type: %s (expected: %s)", type, expected);
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
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        int count = into.type().shape().count();
        for (int i = 0; i < count; i++) {
            switch (into.type().dtype()) {
                case F32 -> into.setFloat(i, bytes.getFloat());
                case I32 -> into.setInt(i, bytes.getInt());
                case BOOL -> into.setBoolean(i, bytes.getInt() != 0);
            }
        }
    }

    /// A page of headless Chromium, driven by Node.
    static final class Page implements AutoCloseable {
        private static final String SCRIPT = "/motley/webgpu/chromium.mjs";
        private static final String DONE = "{\"done\":\"";

        private final Process process;
        private final BufferedWriter to;
        private final BufferedReader from;

        private Page(Process process) {
            this.process = process;
            to = process.outputWriter(StandardCharsets.UTF_8);
            from = process.inputReader(StandardCharsets.UTF_8);
        }

        /// @param modules a folder in which playwright-core is installed
        static Page open(String modules, String browser) {
            try (var in = Page.class.getResourceAsStream(SCRIPT)) {
                var script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                var builder =
                        new ProcessBuilder(
                                "node",
                                "--input-type=module",
                                "-e",
                                script,
                                "--",
                                modules,
                                browser);
                builder.redirectError(ProcessBuilder.Redirect.INHERIT);
                return new Page(builder.start());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// The text that the page answers.
        String ask(String command) {
            try {
                to.write(command);
                to.newLine();
                to.flush();
                var line = from.readLine();
                if (line == null || !line.startsWith(DONE)) {
                    throw new IllegalStateException("page: " + line);
                }
                return line.substring(DONE.length(), line.length() - "\"}".length());
            } catch (IOException e) {
                throw new UncheckedIOException("page: ended (expected: an answer)", e);
            }
        }

        @Override
        public void close() {
            try {
                to.close();
                if (!process.waitFor(20, TimeUnit.SECONDS)) process.destroy();
            } catch (IOException e) {
                process.destroy();
            } catch (InterruptedException e) {
                process.destroy();
                Thread.currentThread().interrupt();
            }
        }
    }
}
