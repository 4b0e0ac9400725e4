package motley.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import motley.coordinator.Coordinator;
import motley.coordinator.CoordinatorSettings;
import motley.coordinator.CoordinatorSettings.Entrance;
import motley.coordinator.CoordinatorSettings.Storage;
import motley.coordinator.HomeInUseException;
import motley.coordinator.PortInUseException;
import motley.coordinator.storage.DatabaseException;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;

/// Opens coordinators with the implementations this program has, and explains why one cannot open.
final class Coordinators {
    private Coordinators() {}

    static Coordinator open(
            Path home, InetSocketAddress address, Entrance entrance, Storage storage) {
        return open(home, address, CpuEngine::open, entrance, storage);
    }

    /// @param engines opens the engines of the runs
    static Coordinator open(
            Path home, InetSocketAddress address, Function<CpuSettings, CpuEngine> engines) {
        return open(home, address, engines, Entrance.USUAL, Storage.HOME);
    }

    private static Coordinator open(
            Path home,
            InetSocketAddress address,
            Function<CpuSettings, CpuEngine> engines,
            Entrance entrance,
            Storage storage) {
        // The update is a single pass over memory; one thread leaves the others to the devices.
        var one = new CpuSettings(1);
        var usual = CoordinatorSettings.of(home, address, () -> engines.apply(one));
        var settings = usual.with(entrance).with(storage);
        try {
            return Coordinator.open(settings, List.of(new WasmPlans(), new WebGpuPlans()));
        } catch (PortInUseException e) {
            throw new UserException(
                    "port %d is in use: another coordinator may run already (`motley devices` shows"
                                    .formatted(address.getPort())
                            + " it); choose another with --port, or 0 for any free one",
                    e);
        } catch (HomeInUseException e) {
            throw new UserException(
                    "%s is in use by another coordinator: choose another directory with --data"
                            .formatted(home),
                    e);
        } catch (DatabaseException e) {
            throw new UserException("%s".formatted(e.getMessage()), e);
        } catch (IOException e) {
            throw new UserException("cannot use %s: %s".formatted(home, e.getMessage()), e);
        }
    }
}
