package motley.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import motley.coordinator.Coordinator;
import motley.coordinator.CoordinatorSettings;
import motley.coordinator.HomeInUseException;
import motley.coordinator.PortInUseException;
import motley.coordinator.plans.PlanCompiler;
import motley.coordinator.storage.DatabaseException;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.rounds.RunSettings;
import motley.simulation.FleetModel;

/// Opens coordinators with the implementations this program has, and explains why one cannot open.
final class Coordinators {
    private static final Duration TASK_OVERHEAD = Duration.ofMillis(5);

    private Coordinators() {}

    /// In the simulator, with a fixed cost of each task that a local network has.
    static Duration roundTime(List<Duration> sampleTimes, RunSettings settings) {
        var fleet = new FleetModel.Fleet(sampleTimes, TASK_OVERHEAD, 0);
        return FleetModel.of(fleet, settings).roundTime();
    }

    /// @param engines opens the engines of the runs
    static Coordinator open(
            Path home, InetSocketAddress address, Function<CpuSettings, CpuEngine> engines) {
        return open(settings(home, address, engines));
    }

    /// The usual settings, with the JVM engine for updates.
    static CoordinatorSettings settings(Path home, InetSocketAddress address) {
        return settings(home, address, CpuEngine::open);
    }

    private static CoordinatorSettings settings(
            Path home, InetSocketAddress address, Function<CpuSettings, CpuEngine> engines) {
        // The update is a single pass over memory; one thread leaves the others to the devices.
        var one = new CpuSettings(1);
        return CoordinatorSettings.of(home, address, () -> engines.apply(one));
    }

    static Coordinator open(CoordinatorSettings settings) {
        try {
            var compilers = List.<PlanCompiler>of(new WasmPlans(), new WebGpuPlans());
            return Coordinator.open(
                    settings, new Coordinator.Brought(compilers, Coordinators::roundTime));
        } catch (PortInUseException e) {
            throw new UserException(
                    "port %d is in use: another coordinator may run already (`motley devices` shows"
                                    .formatted(settings.listen().getPort())
                            + " it); choose another with --port, or 0 for any free one",
                    e);
        } catch (HomeInUseException e) {
            throw new UserException(
                    "%s is in use by another coordinator: choose another directory with --data"
                            .formatted(settings.home()),
                    e);
        } catch (DatabaseException e) {
            throw new UserException("%s".formatted(e.getMessage()), e);
        } catch (IOException e) {
            throw new UserException(
                    "cannot use %s: %s".formatted(settings.home(), e.getMessage()), e);
        }
    }
}
