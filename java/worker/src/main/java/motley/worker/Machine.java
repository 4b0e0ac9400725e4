package motley.worker;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Supplier;
import motley.wire.DeviceHealth;
import motley.wire.DeviceProfile;
import oshi.SystemInfo;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.hardware.PowerSource;

/// Measures this machine. What it cannot measure it leaves empty: many sensors answer zero where
/// there is nothing to sense.
///
/// Confined to one thread at a time: shares of the processor are measured between two calls.
final class Machine {
    private final HardwareAbstractionLayer hardware = new SystemInfo().getHardware();
    private final Supplier<Optional<Boolean>> network;
    private final OperatingSystemMXBean process =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /// @param limits of its owner; what none of them needs is not looked at
    Machine(OwnerLimits limits) {
        var cost = new NetworkCost();
        network = limits.surroundings().notMetered() ? cost::isMetered : Optional::empty;
    }

    /// What this machine has, and lends as its owner says.
    DeviceProfile profile(WorkerSettings settings, OptionalDouble gflops, String numericClass) {
        return new DeviceProfile(
                        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                        hardware.getProcessor().getProcessorIdentifier().getName().strip(),
                        Runtime.getRuntime().availableProcessors(),
                        settings.threads(),
                        hardware.getMemory().getTotal(),
                        settings.memoryBytes(),
                        gflops,
                        List.of(numericClass.split("-", 2)[0]), // The engine, by its class.
                        numericClass,
                        settings.version())
                .withOwnSamples(settings.ownDatasets().offered())
                .withLimits(settings.limits().words());
    }

    /// How it is now; `pausedBecause` is left to whoever decides.
    Reading read() {
        var load = share(process.getCpuLoad());
        var own = share(process.getProcessCpuLoad());
        var battery = battery();
        var health =
                new DeviceHealth(
                        load,
                        OptionalLong.of(hardware.getMemory().getAvailable()),
                        battery.map(Machine::charge).orElse(OptionalDouble.empty()),
                        battery.map(Machine::isOnPower),
                        temperature(),
                        Optional.empty());
        var others =
                load.isPresent() && own.isPresent()
                        ? OptionalDouble.of(Math.max(0, load.getAsDouble() - own.getAsDouble()))
                        : OptionalDouble.empty();
        return new Reading(
                health, others, Optional.of(LocalTime.now(ZoneId.systemDefault())), network.get());
    }

    /// The first battery; oshi makes up one without capacity where there is none.
    private Optional<PowerSource> battery() {
        return hardware.getPowerSources().stream()
                .filter(source -> source.getMaxCapacity() > 1)
                .findFirst();
    }

    /// Linux says of a battery whether it discharges, and of no power line where the adapter's is
    /// a device of its own.
    private static boolean isOnPower(PowerSource battery) {
        return battery.isPowerOnLine() || !battery.isDischarging();
    }

    private static OptionalDouble charge(PowerSource battery) {
        return share(battery.getRemainingCapacityPercent());
    }

    private OptionalDouble temperature() {
        double celsius = hardware.getSensors().getCpuTemperature();
        return celsius > 0 ? OptionalDouble.of(celsius) : OptionalDouble.empty();
    }

    private static OptionalDouble share(double value) {
        return value >= 0 && value <= 1 ? OptionalDouble.of(value) : OptionalDouble.empty();
    }
}
