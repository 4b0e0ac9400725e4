package motley.webgpu;

import java.util.Locale;

/// What a WebGPU implementation says of the GPU it found.
///
/// @param backend how it talks to the GPU
/// @param kind what sort of processor it is
public record Adapter(
        String vendor, String architecture, String description, Backend backend, Kind kind) {
    /// `WGPUBackendType`, in the order of its numbers.
    public enum Backend {
        UNDEFINED,
        NULL,
        WEBGPU,
        D3D11,
        D3D12,
        METAL,
        VULKAN,
        OPENGL,
        OPENGLES
    }

    /// `WGPUAdapterType`, in the order of its numbers.
    public enum Kind {
        UNDEFINED,
        DISCRETE,
        INTEGRATED,
        CPU,
        UNKNOWN
    }

    private static final int LABEL_MAX = 40;

    static Backend backend(int number) {
        var all = Backend.values();
        return number >= 0 && number < all.length ? all[number] : Backend.UNDEFINED;
    }

    static Kind kind(int number) {
        var all = Kind.values();
        return number >= 0 && number < all.length ? all[number] : Kind.UNDEFINED;
    }

    /// Whether it pretends to be a GPU: what it computes is either nothing or slow.
    public boolean isSoftware() {
        return kind == Kind.CPU;
    }

    /// A name for devices whose results are bit-identical: letters, digits, dots and hyphens.
    String label() {
        var text = "%s-%s-%s".formatted(backend, vendor, architecture).toLowerCase(Locale.ROOT);
        var plain = text.replaceAll("[^a-z0-9.]+", "-");
        return plain.substring(0, Math.min(LABEL_MAX, plain.length()));
    }

    /// `SwiftShader Device (google swiftshader, VULKAN, CPU)`.
    @Override
    public String toString() {
        return "%s (%s %s, %s, %s)".formatted(description, vendor, architecture, backend, kind);
    }
}
