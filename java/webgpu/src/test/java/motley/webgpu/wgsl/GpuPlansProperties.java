package motley.webgpu.wgsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import motley.compiler.device.DevicePlan;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.programs.Options;
import motley.programs.RandomPrograms;
import motley.programs.Seeds;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Plans keep to the limits they are made for, whatever the program.
final class GpuPlansProperties {
    private static final int SEEDS = 60;
    private static final int ALIGNMENT_BYTES = 256;
    private static final Pattern SHARED =
            Pattern.compile("var<workgroup> \\w+: array<f32, (\\d+)>");
    private static final Pattern SIZE = Pattern.compile("@workgroup_size\\((\\d+)\\)");
    private static final Pattern DECLARED = Pattern.compile("@binding\\((\\d+)\\)");

    /// Few bindings and groups, and a buffer that holds a few tensors of the programs only.
    private static final GpuLimits SMALL = new GpuLimits(4, 64 << 10, 64 << 10, 16 << 10, 256, 64);

    /// Bindings that hold a part of a tensor.
    private static final GpuLimits SHORT = new GpuLimits(16, 1024, 1 << 20, 16 << 10, 256, 65_535);

    @Test
    void defaultLimitsAreKept() {
        forEachPlan(GpuLimits.DEFAULT, SEEDS, "defaultLimitsAreKept");
    }

    /// Too small for some programs, which are refused by name and not compiled wrongly.
    @Test
    void smallLimitsAreKept() {
        forEachPlan(SMALL, SEEDS, "smallLimitsAreKept");
    }

    @Test
    void shortBindingsAreKept() {
        forEachPlan(SHORT, SEEDS / 4, "shortBindingsAreKept");
    }

    private void forEachPlan(GpuLimits limits, int seeds, String test) {
        Seeds.forEach(
                seeds,
                getClass(),
                test,
                seed -> {
                    forEachProgram(
                            seed,
                            program -> {
                                for (var tiling : Tiling.values()) {
                                    check(program, new GpuTarget(limits, tiling));
                                }
                            });
                });
    }

    private static void forEachProgram(long seed, Consumer<Program> test) {
        var options = Options.forEngines().withEquations(40);
        test.accept(RandomPrograms.generate(seed, options).program());
        if (seed >= 5) return;
        RandomPrograms.everyOperation(seed, Options.forLargeValues())
                .forEach(sample -> test.accept(sample.program()));
    }

    private static void check(Program program, GpuTarget target) {
        DevicePlan plan;
        try {
            plan = GpuPlans.compile(program, List.of(), target);
        } catch (IllegalArgumentException refused) {
            assertThat(target.limits()).isNotEqualTo(GpuLimits.DEFAULT);
            assertThat(refused).hasMessageContaining("(expected: ");
            return;
        }
        var limits = target.limits();
        assertThat(plan.buffers()).allMatch(bytes -> bytes <= limits.bufferBytes());
        var code = (DevicePlan.Code.Shaders) plan.code();
        for (var shader : code.shaders()) checkShader(shader, limits);
        for (var dispatch : code.dispatches()) checkDispatch(dispatch, code.shaders(), limits);
    }

    private static void checkShader(String shader, GpuLimits limits) {
        int shared =
                SHARED.matcher(shader)
                        .results()
                        .mapToInt(m -> Float.BYTES * Integer.parseInt(m.group(1)))
                        .sum();
        assertThat(shared).isLessThanOrEqualTo(limits.workgroupBytes());
        var size = SIZE.matcher(shader);
        assertThat(size.find()).isTrue();
        assertThat(Integer.parseInt(size.group(1))).isLessThanOrEqualTo(limits.invocations());
    }

    private static void checkDispatch(
            DevicePlan.Dispatch dispatch, List<String> shaders, GpuLimits limits) {
        var bindings = dispatch.bindings();
        assertThat(bindings).hasSizeBetween(1, limits.storageBuffers());
        var shader = shaders.get(dispatch.shader());
        assertThat(DECLARED.matcher(shader).results().count()).isEqualTo(bindings.size());
        assertThat(dispatch.groups()).allMatch(n -> n >= 1 && n <= limits.groups());
        for (int i = 0; i < bindings.size(); i++) {
            var place = bindings.get(i).place();
            assertThat(place.offset() % ALIGNMENT_BYTES).isZero();
            assertThat(place.bytes()).isLessThanOrEqualTo(limits.bindingBytes());
            for (var other : bindings.subList(0, i)) {
                assertThat(overlap(place, other.place())).as("%s", bindings).isFalse();
            }
        }
    }

    private static boolean overlap(DevicePlan.Place one, DevicePlan.Place other) {
        return one.buffer() == other.buffer()
                && one.offset() < other.offset() + other.bytes()
                && other.offset() < one.offset() + one.bytes();
    }

    @Test
    void equalProgramsGiveEqualPlans() {
        var options = Options.forEngines().withEquations(40);
        var program = RandomPrograms.generate(7, options).program();
        var target = new GpuTarget(GpuLimits.DEFAULT, Tiling.SHARED);
        assertThat(GpuPlans.compile(program, List.of(), target))
                .isEqualTo(GpuPlans.compile(program, List.of(), target));
    }

    /// 132 MiB where a binding has 128.
    @Test
    void aTensorLongerThanABindingIsBoundInPieces() {
        var b = new ProgramBuilder();
        var program = b.build(List.of(b.neg(b.param(TensorType.f32(33 << 20)))));
        var target = new GpuTarget(GpuLimits.DEFAULT, Tiling.DIRECT);
        var plan = GpuPlans.compile(program, List.of(), target);
        var code = (DevicePlan.Code.Shaders) plan.code();
        check(program, target);
        assertThat(code.dispatches().getFirst().bindings()).hasSize(4);
    }

    @Test
    void aTensorLargerThanABufferIsRefusedByName() {
        var b = new ProgramBuilder();
        var program = b.build(List.of(b.neg(b.param(TensorType.f32(65 << 20)))));
        var target = new GpuTarget(GpuLimits.DEFAULT, Tiling.DIRECT);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GpuPlans.compile(program, List.of(), target))
                .withMessageContaining(
                        "68157440 elements (expected: at most 67108864 on this device)");
    }

    /// Five tensors of two pieces each.
    @Test
    void moreBindingsThanADeviceHasAreRefused() {
        var b = new ProgramBuilder();
        var params = new ArrayList<Var>();
        for (int i = 0; i < 4; i++) params.add(b.param(TensorType.f32(400)));
        var program = b.build(List.of(params.stream().reduce(b::mul).orElseThrow()));
        var limits = new GpuLimits(8, 1024, 1 << 20, 16 << 10, 256, 64);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                GpuPlans.compile(
                                        program, List.of(), new GpuTarget(limits, Tiling.DIRECT)))
                .withMessageContaining("(expected: at most 8 bindings of 1024 bytes)");
    }

    @Test
    void limitsTooSmallForAnyKernelAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GpuLimits(3, 1 << 20, 1 << 20, 0, 64, 64))
                .withMessage("storageBuffers: 3 (expected: at least 4)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GpuLimits(4, 2048, 1024, 0, 64, 64))
                .withMessage("bufferBytes: 1024 (expected: at least bindingBytes, 2048)");
    }
}
