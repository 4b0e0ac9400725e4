package motley.app;

import java.util.List;
import java.util.Map;
import motley.compiler.device.DevicePlanJson;
import motley.coordinator.plans.PlanCompiler;
import motley.nn.Models;
import motley.nn.TrainingPrograms;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.tensor.TensorType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What a browser gets to run.
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the device plan of a model's program as JSON: memory, places of params and",
            "results, and a WebAssembly module or shaders for WebGPU, as",
            "docs/protocol/device-plan.md describes it.",
            "",
            "Programs: gradient (what a device computes for a task), evaluate (loss and accuracy),",
            "predict."
        },
        footerHeading = "%nFor instance:%n",
        footer = {
            "  motley model plan mnist-cnn --batch-size 32 > plan.json",
            "  motley model plan product:512 --relaxed-simd > product.json",
            "  motley model plan mnist-cnn --threads 4 > shared.json",
            "  motley model plan mnist-mlp --engine webgpu > shaders.json",
        })
final class PlanCommand implements Runnable {
    private static final String PRODUCT = "product:";
    private static final int PRODUCT_MAX = 4096;

    /// What a model becomes; see [TrainingPrograms].
    enum Kind {
        GRADIENT,
        EVALUATE,
        PREDICT
    }

    @Parameters(
            paramLabel = "MODEL",
            description = {
                ModelFiles.DESCRIPTION + ",",
                "or product:N for the product of two matrices of N rows and columns"
            })
    private String model = "";

    @Option(
            names = "--program",
            paramLabel = "NAME",
            defaultValue = "gradient",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Kind kind = Kind.GRADIENT;

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            defaultValue = "32",
            description = "samples (default: ${DEFAULT-VALUE})")
    private int batchSize;

    @Option(
            names = "--relaxed-simd",
            description = "for devices whose relaxed multiply-add rounds once (docs/wasm.md)")
    private boolean relaxedSimd;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "of wasm: how many share the memory (default: ${DEFAULT-VALUE})")
    private int threads;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            defaultValue = "wasm",
            description = "wasm or webgpu (default: ${DEFAULT-VALUE})")
    private String engine = "";

    @Option(names = "--software", description = "of webgpu: for a GPU that the processor computes")
    private boolean isSoftware;

    @Option(
            names = "--half",
            description = "of webgpu: for a GPU with half floats, with them in shared tiles")
    private boolean half;

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var console = output.console();
        if (half && !engine.equals("webgpu")) {
            throw new UserException(
                    "--half: with --engine %s (expected: webgpu)".formatted(engine));
        }
        var abilities =
                Map.of(
                        "simd", "true",
                        "relaxedSimd", String.valueOf(relaxedSimd),
                        "threads", String.valueOf(threads),
                        "software", String.valueOf(isSoftware),
                        "half", String.valueOf(half),
                        "shader-f16", String.valueOf(half));
        var plan = compiler().target(abilities).compilation().compile(program(), Map.of());
        var text = DevicePlanJson.write(plan);
        console.say(text);
        console.emit("plan", Map.of("plan", text));
    }

    private PlanCompiler compiler() {
        return switch (engine) {
            case "wasm" -> new WasmPlans();
            case "webgpu" -> new WebGpuPlans();
            default ->
                    throw new UserException(
                            "engine: %s (expected: wasm or webgpu)".formatted(engine));
        };
    }

    private Program program() {
        if (model.startsWith(PRODUCT)) return product(model.substring(PRODUCT.length()));
        var chosen = ModelFiles.named(model);
        return switch (kind) {
            case GRADIENT -> TrainingPrograms.gradient(chosen, batchSize).program();
            case EVALUATE -> TrainingPrograms.evaluate(chosen, batchSize).program();
            case PREDICT -> TrainingPrograms.predict(chosen, batchSize).program();
        };
    }

    private static Program product(String text) {
        int n;
        try {
            n = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            n = 0;
        }
        if (n < 1 || n > PRODUCT_MAX) {
            throw new UserException(
                    "%s%s (expected: a size in [1, %d]; models: %s)"
                            .formatted(
                                    PRODUCT, text, PRODUCT_MAX, String.join(", ", Models.names())));
        }
        var b = new ProgramBuilder();
        var left = b.param(TensorType.f32(n, n));
        var right = b.param(TensorType.f32(n, n));
        return b.build(List.of(b.apply(Op.DotGeneral.matrixProduct(), left, right)));
    }
}
