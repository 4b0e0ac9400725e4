package motley.compiler.device;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Writes device plans as JSON, without blanks; equal plans give equal texts.
public final class DevicePlanJson {
    private DevicePlanJson() {}

    /// `plan` in the form of `docs/protocol/device-plan.md`.
    public static String write(DevicePlan plan) {
        return ("{\"format\":%d,\"engine\":%s,\"program\":%s,\"buffers\":%s,"
                        + "\"inputs\":%s,\"outputs\":%s,\"constants\":%s,%s}")
                .formatted(
                        DevicePlan.FORMAT,
                        text(plan.engine()),
                        text(plan.program().hex()),
                        list(plan.buffers(), String::valueOf),
                        list(plan.inputs(), DevicePlanJson::port),
                        list(plan.outputs(), DevicePlanJson::port),
                        list(plan.constants(), DevicePlanJson::constant),
                        code(plan.code()));
    }

    private static String port(DevicePlan.Port port) {
        return "{\"name\":%s,\"type\":%s,\"shape\":%s,%s}"
                .formatted(
                        text(port.name()),
                        text(port.type().dtype().label()),
                        list(port.type().shape().dims(), String::valueOf),
                        place(port.place()));
    }

    private static String place(DevicePlan.Place place) {
        return "\"buffer\":%d,\"offset\":%d,\"bytes\":%d"
                .formatted(place.buffer(), place.offset(), place.bytes());
    }

    private static String constant(DevicePlan.Constant constant) {
        return "{\"buffer\":%d,\"offset\":%d,\"base64\":%s}"
                .formatted(constant.buffer(), constant.offset(), text(constant.base64()));
    }

    private static String code(DevicePlan.Code code) {
        return switch (code) {
            case DevicePlan.Code.Shaders(var shaders, var dispatches) ->
                    "\"shaders\":%s,\"dispatches\":%s"
                            .formatted(
                                    list(shaders, DevicePlanJson::text),
                                    list(dispatches, DevicePlanJson::dispatch));
            case DevicePlan.Code.Module(int memoryPages, int threads, var base64) ->
                    "\"memoryPages\":%d,%s\"module\":%s"
                            .formatted(memoryPages, threads(threads), text(base64));
        };
    }

    /// Readers that know of one thread only never get a plan of several.
    private static String threads(int threads) {
        return threads == 1 ? "" : "\"threads\":%d,".formatted(threads);
    }

    private static String dispatch(DevicePlan.Dispatch dispatch) {
        return "{\"shader\":%d,\"entry\":%s,\"bindings\":%s,\"groups\":%s}"
                .formatted(
                        dispatch.shader(),
                        text(dispatch.entry()),
                        list(dispatch.bindings(), DevicePlanJson::binding),
                        list(dispatch.groups(), String::valueOf));
    }

    private static String binding(DevicePlan.Binding binding) {
        return "{%s,\"write\":%s}".formatted(place(binding.place()), binding.write());
    }

    private static <T> String list(List<T> values, Function<T, String> one) {
        return values.stream().map(one).collect(Collectors.joining(",", "[", "]"));
    }

    private static String text(String value) {
        var quoted = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                default -> {
                    if (c >= ' ') quoted.append(c);
                    else quoted.append("\\u%04x".formatted((int) c));
                }
            }
        }
        return quoted.append('"').toString();
    }
}
