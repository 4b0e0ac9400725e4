package motley.compiler.device;

import static motley.tensor.Require.require;

import java.util.List;
import motley.program.ProgramHash;
import motley.tensor.DType;
import motley.tensor.TensorType;

/// A program compiled for one class of devices, complete: memory of fixed sizes, where params go in
/// and results come out, and code with every shape baked in. Who runs it knows nothing of networks.
///
/// As JSON it is what browsers get; `docs/protocol/device-plan.md` describes that form.
///
/// Elements take four bytes in device memory, a bool too: 0 or 1 as a 32-bit integer.
///
/// @param program what was compiled
/// @param buffers sizes in bytes of the device's buffers, zeroed before the first run
/// @param inputs where params are written, in the order of the program's params. They stay from run
///     to run, but for those that a carried result replaces
/// @param outputs where results are read after a run, in the order of the program's results
/// @param constants what is written once, before the first run
public record DevicePlan(
        ProgramHash program,
        List<Long> buffers,
        List<Port> inputs,
        List<Port> outputs,
        List<Constant> constants,
        Code code) {
    /// The version of the JSON form; changes whenever older readers would misread.
    public static final int FORMAT = 1;

    /// @throws IllegalArgumentException if a port or a constant lies outside of its buffer
    public DevicePlan {
        buffers = List.copyOf(buffers);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        constants = List.copyOf(constants);
        for (var port : inputs) requireInside(buffers, port.place());
        for (var port : outputs) requireInside(buffers, port.place());
        if (code instanceof Code.Shaders shaders) {
            for (var dispatch : shaders.dispatches()) {
                for (var binding : dispatch.bindings()) requireInside(buffers, binding.place());
            }
        }
    }

    private static void requireInside(List<Long> buffers, Place place) {
        boolean inside =
                place.buffer() < buffers.size()
                        && place.offset() + place.bytes() <= buffers.get(place.buffer());
        require(inside, "place: %s (expected: inside of buffers %s)", place, buffers);
    }

    /// The engine that runs it: `webgpu` or `wasm`.
    public String engine() {
        return switch (code) {
            case Code.Shaders _ -> "webgpu";
            case Code.Module _ -> "wasm";
        };
    }

    /// All of its buffers.
    public long bytes() {
        return buffers.stream().mapToLong(Long::longValue).sum();
    }

    /// A stretch of a buffer.
    ///
    /// @param buffer its number
    /// @param offset first byte
    public record Place(int buffer, long offset, long bytes) {
        public Place {
            require(buffer >= 0, "buffer: %d (expected: at least 0)", buffer);
            require(offset >= 0, "offset: %d (expected: at least 0)", offset);
            require(bytes >= 1, "bytes: %d (expected: at least 1)", bytes);
        }
    }

    /// Where a param or a result lies in device memory, dense and row-major.
    public record Port(String name, TensorType type, Place place) {
        /// Bytes of one element in device memory, whatever its type.
        public static final long BYTES_EACH = Integer.BYTES;

        public Port {
            long needed = BYTES_EACH * type.shape().count();
            require(
                    place.bytes() == needed,
                    "bytes: %d (expected: %d of %s)",
                    place.bytes(),
                    needed,
                    type);
        }

        /// Whether elements have the bytes of a [motley.tensor.Tensor]; those of bool are widened.
        public boolean isPlain() {
            return type.dtype() != DType.BOOL;
        }
    }

    /// Bytes that are there before the first run.
    ///
    /// @param base64 the bytes, as RFC 4648 has them, with padding
    public record Constant(int buffer, long offset, String base64) {}

    /// What the device executes.
    public sealed interface Code {
        /// For WebGPU: dispatches in order, each after all writes of the one before.
        ///
        /// @param shaders texts in WGSL
        record Shaders(List<String> shaders, List<Dispatch> dispatches) implements Code {
            public Shaders {
                shaders = List.copyOf(shaders);
                dispatches = List.copyOf(dispatches);
                for (var dispatch : dispatches) {
                    require(
                            dispatch.shader() >= 0 && dispatch.shader() < shaders.size(),
                            "shader: %d (expected: below %d)",
                            dispatch.shader(),
                            shaders.size());
                }
            }
        }

        /// For WebAssembly: one module over one memory, which is buffer 0. A call of its export
        /// `run` is a run; of several threads each calls it with its number, on an instance of its
        /// own, and the memory is shared.
        ///
        /// @param memoryPages how many pages of 64 KiB it needs
        /// @param threads how many run it together
        /// @param base64 the module's bytes
        record Module(int memoryPages, int threads, String base64) implements Code {
            public Module {
                require(threads >= 1, "threads: %d (expected: at least 1)", threads);
            }
        }
    }

    /// One launch of a shader.
    ///
    /// @param shader its number
    /// @param entry the function in it
    /// @param bindings of group 0, in the order of their numbers
    /// @param groups workgroups along each of three dimensions
    public record Dispatch(int shader, String entry, List<Binding> bindings, List<Integer> groups) {
        public Dispatch {
            bindings = List.copyOf(bindings);
            groups = List.copyOf(groups);
            require(groups.size() == 3, "groups: %s (expected: three)", groups);
        }
    }

    /// A stretch of a buffer that a shader sees, always as `var<storage, read_write>`: a buffer may
    /// then be bound several times in one dispatch, if the stretches do not overlap.
    ///
    /// @param write whether the shader writes it
    public record Binding(Place place, boolean write) {}
}
