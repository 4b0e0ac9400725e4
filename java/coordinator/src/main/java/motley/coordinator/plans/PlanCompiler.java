package motley.coordinator.plans;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import motley.compiler.device.DevicePlan;
import motley.program.Program;

/// Compiles programs for one kind of engine on devices.
///
/// An implementation must
/// - give equal plans for equal programs and targets of one name,
/// - keep to the limits and features that a target was made of,
/// - refuse a program it cannot compile with an [IllegalArgumentException] that says why.
///
/// Any thread may call.
public interface PlanCompiler {
    /// The engine's name in plans, as `wasm`.
    String engine();

    /// What a device is compiled for.
    ///
    /// @param abilities limits and features that a device reports, by name; unknown ones mean
    ///     nothing
    /// @throws IllegalArgumentException if one is malformed, or the device lacks what every plan
    ///     needs
    Target target(Map<String, String> abilities);

    /// The numeric class of a device that runs these plans: what a device cannot know of itself is
    /// which bits this compiler's code has.
    ///
    /// @param reported what the device says of its hardware
    default String numericClass(String reported) {
        return reported;
    }

    /// Ways to compute a kernel that devices may time, by name; none where there is one way.
    default List<String> variants() {
        return List.of();
    }

    /// Compiles for one class of devices.
    interface Compilation {
        /// @param tuned variants that such devices have found best, by kernel
        DevicePlan compile(Program program, Map<String, String> tuned);
    }

    /// A class of devices that get the same plans.
    ///
    /// @param name equal for equal plans
    record Target(String name, Compilation compilation) {
        /// For devices that have nothing to tune.
        public static Target untuned(String name, Function<Program, DevicePlan> compilation) {
            return new Target(name, (program, _) -> compilation.apply(program));
        }
    }
}
