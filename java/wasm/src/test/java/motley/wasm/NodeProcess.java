package motley.wasm;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import motley.compiler.device.DevicePlan;

/// A process of Node that runs modules, or has a browser run them. Confined to one caller at a
/// time.
public final class NodeProcess implements AutoCloseable {
    private static final String SCRIPT = "/motley/wasm/plans.mjs";
    private static final String RELAXED = "--experimental-wasm-relaxed-simd";
    private static final int HEAD_BYTES = 16;
    private static final int PAGES_BITS = 20;

    private final Process process;
    private final OutputStream to;
    private final DataInputStream from;

    private NodeProcess(Process process) {
        this.process = process;
        to = process.getOutputStream();
        from = new DataInputStream(new BufferedInputStream(process.getInputStream()));
    }

    /// Starts `node`, with relaxed instructions where they must be asked for.
    public static NodeProcess start() {
        var command = new ArrayList<>(List.of("node"));
        if (knows(RELAXED)) command.add(RELAXED);
        try (var in = NodeProcess.class.getResourceAsStream(SCRIPT)) {
            var script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            command.addAll(List.of("--input-type=module", "-e", script));
            var builder = new ProcessBuilder(command);
            builder.redirectError(ProcessBuilder.Redirect.INHERIT);
            return new NodeProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean knows(String option) {
        try {
            var process = new ProcessBuilder("node", option, "-e", "").start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException("node: not found (expected: Node 18 or newer)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// What the process can do.
    public WasmFeatures features() {
        boolean fused = probe(WasmProbe.module()) == WasmProbe.FUSED;
        return new WasmFeatures(true, fused, 1);
    }

    /// A module of one thread.
    void load(int id, byte[] module, int pages) {
        load(id, module, new DevicePlan.Code.Module(pages, 1, ""));
    }

    void load(int id, byte[] module, DevicePlan.Code.Module code) {
        int pagesAndThreads = code.memoryPages() | code.threads() << PAGES_BITS;
        ask(0, id, module.length, pagesAndThreads, module);
    }

    void write(int id, int address, byte[] bytes) {
        ask(1, id, address, bytes.length, bytes);
    }

    /// Nanoseconds of `times` runs.
    long run(int id, int times) {
        return ask(2, id, times, 0, new byte[0]).getLong();
    }

    ByteBuffer read(int id, int address, int length) {
        return ask(3, id, address, length, new byte[0]);
    }

    void forget(int id) {
        ask(4, id, 0, 0, new byte[0]);
    }

    /// What a module's `run` returns; 0 if the process does not understand the module.
    int probe(byte[] module) {
        return ask(5, 0, module.length, 0, module).getInt();
    }

    private ByteBuffer ask(int command, int id, int a, int b, byte[] bytes) {
        try {
            var head = ByteBuffer.allocate(HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            to.write(head.putInt(command).putInt(id).putInt(a).putInt(b).array());
            to.write(bytes);
            to.flush();
            int length = Integer.reverseBytes(from.readInt());
            return ByteBuffer.wrap(from.readNBytes(length)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException("node: ended (expected: an answer)", e);
        }
    }

    @Override
    public void close() {
        try {
            to.close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
