package motley.compiler.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import motley.program.ProgramHash;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class DevicePlanTest {
    private static final ProgramHash PROGRAM = new ProgramHash("0123456789abcdef".repeat(4));
    private static final DevicePlan.Place FIRST = new DevicePlan.Place(0, 0, 8);
    private static final DevicePlan.Place SECOND = new DevicePlan.Place(0, 256, 8);

    @Test
    void shadersAsJson() {
        var dispatch =
                new DevicePlan.Dispatch(
                        0,
                        "main",
                        List.of(
                                new DevicePlan.Binding(FIRST, false),
                                new DevicePlan.Binding(SECOND, true)),
                        List.of(3, 2, 1));
        var plan =
                plan(
                        List.of(264L),
                        new DevicePlan.Code.Shaders(List.of("a\n\"b\""), List.of(dispatch)));
        assertThat(DevicePlanJson.write(plan))
                .isEqualTo(
                        """
                        {"format":1,"engine":"webgpu","program":"%s","buffers":[264],\
                        "inputs":[{"name":"param0","type":"f32","shape":[2],\
                        "buffer":0,"offset":0,"bytes":8}],\
                        "outputs":[{"name":"result0","type":"bool","shape":[2,1],\
                        "buffer":0,"offset":256,"bytes":8}],\
                        "constants":[{"buffer":0,"offset":4,"base64":"AAAAAA=="}],\
                        "shaders":["a\\n\\"b\\""],\
                        "dispatches":[{"shader":0,"entry":"main","bindings":[\
                        {"buffer":0,"offset":0,"bytes":8,"write":false},\
                        {"buffer":0,"offset":256,"bytes":8,"write":true}],"groups":[3,2,1]}]}"""
                                .formatted(PROGRAM));
    }

    @Test
    void moduleAsJson() {
        var plan = plan(List.of(65536L), new DevicePlan.Code.Module(1, 1, "AGFzbQ=="));
        assertThat(DevicePlanJson.write(plan))
                .startsWith("{\"format\":1,\"engine\":\"wasm\"")
                .endsWith("\"memoryPages\":1,\"module\":\"AGFzbQ==\"}");
    }

    @Test
    void moduleOfSeveralThreadsAsJson() {
        var plan = plan(List.of(65536L), new DevicePlan.Code.Module(1, 2, "AGFzbQ=="));
        assertThat(DevicePlanJson.write(plan))
                .endsWith("\"memoryPages\":1,\"threads\":2,\"module\":\"AGFzbQ==\"}");
    }

    @Test
    void whatLiesOutsideOfABufferIsRefused() {
        var code = new DevicePlan.Code.Shaders(List.of(), List.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(List.of(263L), code))
                .withMessageContaining("inside of buffers [263]");
    }

    private static DevicePlan plan(List<Long> buffers, DevicePlan.Code code) {
        return new DevicePlan(
                PROGRAM,
                buffers,
                List.of(new DevicePlan.Port("param0", TensorType.f32(2), FIRST)),
                List.of(new DevicePlan.Port("result0", TensorType.bool(2, 1), SECOND)),
                List.of(new DevicePlan.Constant(0, 4, "AAAAAA==")),
                code);
    }
}
