package motley.webgpu.wgsl;

import static motley.tensor.Require.require;

import java.util.List;
import motley.compiler.device.DevicePlan;

/// A shader with what it is bound to and how often it runs.
record Launch(String text, List<DevicePlan.Binding> bindings, List<Integer> groups) {
    /// Invocations of a workgroup in shaders without barriers, at most.
    private static final int WIDTH_MAX = 64;

    /// Invocations of a workgroup where there are few: as many as run in step on every device.
    private static final int WIDTH_MIN = 4;

    /// So many workgroups keep the cores of a small device busy.
    private static final int GROUPS_ENOUGH = 16;

    /// More invocations than an index of 32 bits can count, with some to spare.
    private static final long COUNT_MAX = 1L << 30;

    Launch {
        bindings = List.copyOf(bindings);
        groups = List.copyOf(groups);
    }

    /// Groups along two dimensions, at least `count` of them.
    static List<Integer> groups(long count, GpuLimits limits) {
        require(count <= COUNT_MAX, "workgroups: %d (expected: at most %d)", count, COUNT_MAX);
        long high = Math.ceilDiv(count, limits.groups());
        require(high <= limits.groups(), "workgroups: %d (expected: fewer)", count);
        return List.of((int) Math.ceilDiv(count, high), (int) high, 1);
    }

    /// A shader that computes one thing in each of `count` invocations.
    ///
    /// @param functions declarations before the entry point
    /// @param body statements that may use `at`, which of the `count` it is
    static Launch each(
            long count, Bindings bindings, String functions, Wgsl body, GpuLimits limits) {
        require(count <= COUNT_MAX, "points: %d (expected: at most %d)", count, COUNT_MAX);
        int width = width(count);
        var groups = groups(Math.ceilDiv(count, width), limits);
        var text = new Wgsl();
        bindings.declare(text);
        text.line("@compute @workgroup_size(%d)", width);
        text.line(
                "fn main(@builtin(workgroup_id) group: vec3u,"
                        + " @builtin(local_invocation_index) lane: u32) {");
        var number = groups.get(1) == 1 ? "group.x" : "(group.y * " + groups.get(0) + " + group.x)";
        text.line("let at = i32(%s * %d + lane);", number, width);
        text.line("if (at >= %d) { return; }", count);
        var whole = text + indented(body) + "}\n" + functions;
        return new Launch(Functions.with(whole), bindings.list(), groups);
    }

    /// A power of two.
    private static int width(long count) {
        long each = Long.highestOneBit(Math.max(1, count / GROUPS_ENOUGH));
        return Math.clamp(each, WIDTH_MIN, WIDTH_MAX);
    }

    static String indented(Wgsl body) {
        return body.toString().indent(2);
    }
}
