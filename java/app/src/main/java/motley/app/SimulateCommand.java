package motley.app;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import motley.rounds.Policy;
import motley.rounds.Schedule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Simulates: the training loop under faults, or a described fleet.
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the training loop in virtual time: hours pass in seconds.",
            "",
            "With --faults it looks for bugs: for each seed a coordinator and devices are drawn,",
            "and what goes wrong with them (lost messages, cut links, crashes, full disks, wrong",
            "numbers …). In the end the weights must be those of an undisturbed training. Each",
            "seed runs twice and must take the same decisions. Exit status 1 if a seed fails.",
            "",
            "Without it answers \"will this device help?\" for the fleet given by --device: how",
            "long a round takes with all devices, and without each of them. With --devices-of the",
            "devices are those of a coordinator, at the speeds they measured; add --device for one",
            "that has not joined yet."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  motley simulate --faults --seeds 1000",
            "  motley simulate --faults --minutes 480 --first-seed 1000000    a night",
            "  motley simulate --device 4x1.0,1x0.125 --batch-size 256 --tasks 32",
            "  motley simulate mnist-cnn --devices-of http://127.0.0.1:8080 --device 1x0.3",
            "  motley simulate mnist-cnn --device 1x1,1x0.3 --link 50   1x1: this machine's speed",
        })
final class SimulateCommand implements Callable<Integer> {
    private static final int ROUNDS_MAX = 100_000;

    @Parameters(
            arity = "0..1",
            paramLabel = "MODEL",
            description = {
                "measured here for a moment, so that a device of speed 1 is this machine with",
                "one thread"
            })
    private Optional<String> model = Optional.empty();

    @Mixin private FaultOptions faults = new FaultOptions();

    @Option(
            names = "--device",
            split = ",",
            paramLabel = "COUNTxSPEED",
            description = "devices of a speed, as 4x1.0,1x0.125; may be repeated")
    private List<String> devices = List.of();

    @Option(
            names = "--devices-of",
            paramLabel = "URL",
            description = "devices that have joined this coordinator, at their speeds")
    private Optional<URI> devicesOf = Optional.empty();

    @Option(
            names = "--sample-time",
            paramLabel = "MS",
            description = "of a device of speed 1, without MODEL (default: 1)")
    private Optional<Double> sampleMs = Optional.empty();

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            defaultValue = "128",
            description = "samples a round (default: ${DEFAULT-VALUE})")
    private int batchSize;

    @Option(
            names = "--tasks",
            paramLabel = "N",
            defaultValue = "8",
            description = "tasks a round is cut into (default: ${DEFAULT-VALUE})")
    private int tasks;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "500",
            description = "simulated (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(
            names = "--overhead",
            paramLabel = "MS",
            defaultValue = "5",
            description = "a task's fixed cost: latency and the loop (default: ${DEFAULT-VALUE})")
    private double overheadMs;

    @Option(
            names = "--link",
            paramLabel = "MBIT/S",
            description = {
                "adds the time of a task's parameters and answer, f32 each; only with MODEL",
                "(default: no time)"
            })
    private Optional<Double> linkMbits = Optional.empty();

    @Option(
            names = "--lost",
            paramLabel = "P",
            defaultValue = "0",
            description = "probability that an answer never comes (default: ${DEFAULT-VALUE})")
    private double lost;

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws InterruptedException {
        var console = output.console();
        if (faults.areAsked()) {
            if (model.isPresent() || !devices.isEmpty() || devicesOf.isPresent()) {
                throw new UserException("--faults: true (expected: without MODEL and --device)");
            }
            return new FaultRun(faults, console).run() ? 0 : 1;
        }
        var groups = new ArrayList<>(joined(console));
        devices.stream().map(DeviceGroup::parsed).forEach(groups::add);
        requireSettings(groups);
        new Forecast(groups, setting(console), console).show();
        return 0;
    }

    /// With a model speed 1 is this machine with one thread, else the fastest of them.
    private List<DeviceGroup> joined(Console console) {
        if (devicesOf.isEmpty()) return List.of();
        var uri = Addresses.normalized(devicesOf.get());
        var trust = CoordinatorOptions.trust(Optional.empty(), uri);
        try (var api = new ApiClient(uri, CoordinatorOptions.knownToken(uri), trust)) {
            var here = model.map(_ -> TaskCost.gflops());
            var fleet = JoinedFleet.of(api.get("/v1/devices"), here);
            console.say(fleet.text());
            return fleet.devices();
        } catch (ApiClient.AwayException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted", e);
        }
    }

    private void requireSettings(List<DeviceGroup> groups) {
        require(!groups.isEmpty(), "--device", devices, "COUNTxSPEED, as 4x1.0, or --faults");
        long count = groups.stream().mapToLong(DeviceGroup::count).sum();
        require(count <= DeviceGroup.DEVICES_MAX, "--device", devices, "at most 10000 devices");
        require(batchSize >= 1, "--batch-size", batchSize, "at least 1");
        require(
                tasks >= 1 && tasks <= batchSize,
                "--tasks",
                tasks,
                "1 to --batch-size, " + batchSize);
        require(rounds >= 1 && rounds <= ROUNDS_MAX, "--rounds", rounds, "1 to " + ROUNDS_MAX);
        require(overheadMs >= 0, "--overhead", overheadMs, "at least 0");
        require(lost >= 0 && lost <= 0.9, "--lost", lost, "0 to 0.9");
        double ms = sampleMs.orElse(1.0);
        require(ms > 0, "--sample-time", ms, "above 0");
        require(model.isEmpty() || sampleMs.isEmpty(), "--sample-time", ms, "only without MODEL");
        double mbits = linkMbits.orElse(1.0);
        require(mbits > 0, "--link", mbits, "above 0");
        require(linkMbits.isEmpty() || model.isPresent(), "--link", mbits, "only with MODEL");
    }

    private static void require(boolean holds, String option, Object value, String expected) {
        if (holds) return;
        throw new UserException("%s: %s (expected: %s)".formatted(option, value, expected));
    }

    private Forecast.Setting setting(Console console) {
        var schedule =
                new Schedule(Math.multiplyExact(rounds, batchSize), 0, batchSize, tasks, 1, false);
        var measured = model.map(name -> TaskCost.measured(name, Math.ceilDiv(batchSize, tasks)));
        measured.ifPresent(cost -> console.say(cost.text()));
        double transferMs =
                measured.isPresent() && linkMbits.isPresent()
                        ? measured.get().transferMs(linkMbits.get())
                        : 0;
        double perSampleMs = measured.map(TaskCost::sampleMs).orElse(sampleMs.orElse(1.0));
        return new Forecast.Setting(
                schedule, Policy.DEFAULT, ms(perSampleMs), ms(overheadMs + transferMs), lost);
    }

    private static Duration ms(double ms) {
        return Duration.ofNanos((long) (ms * 1e6));
    }
}
