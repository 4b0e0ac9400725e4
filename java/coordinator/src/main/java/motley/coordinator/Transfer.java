package motley.coordinator;

import java.util.Optional;
import motley.rounds.TrustPolicy;
import motley.wire.FromCoordinator;
import motley.wire.encoding.Encoding;
import motley.wire.encoding.ParameterForm;

/// In what form the bytes of a run travel.
///
/// @param encoding of contributions, the same for all devices, so that the weights do not depend on
///     them; empty: chosen for each device, and then they do
/// @param parameters what devices compute with
public record Transfer(Optional<Encoding> encoding, ParameterForm parameters) {
    public static final Transfer PLAIN =
            new Transfer(Optional.of(Encoding.plain()), ParameterForm.F32);

    /// The text for an encoding that is chosen.
    static final String AUTO = "auto";

    private static final Encoding OVER_THE_NETWORK = new Encoding.Blocks(Encoding.Code.INT8);

    /// @param encoding as [Encoding] reads it, or `auto`
    /// @param parameters as [ParameterForm] reads it
    /// @throws IllegalArgumentException naming the one that is wrong
    static Transfer parse(String encoding, String parameters) {
        var chosen =
                encoding.equals(AUTO)
                        ? Optional.<Encoding>empty()
                        : Optional.of(Encoding.parse(encoding));
        return new Transfer(chosen, ParameterForm.parse(parameters));
    }

    /// What [#parse] reads.
    String encodingText() {
        return encoding.map(Encoding::text).orElse(AUTO);
    }

    /// What a device is to use: `auto` is exact through files, where bytes cost nothing, and int8
    /// over the network.
    Encoding encodingOver(Way way) {
        return encoding.orElse(
                switch (way) {
                    case FILES -> Encoding.plain();
                    case HTTP -> OVER_THE_NETWORK;
                });
    }

    /// What a device is told.
    ///
    /// @param sha256 of the parameters that devices compute with
    FromCoordinator.Form form(Way way, String sha256) {
        return new FromCoordinator.Form(
                encodingOver(way).text(), parameters.text(), Optional.of(sha256));
    }

    /// Whether two honest devices of one numeric class give the same bytes for the same task.
    boolean isComparable() {
        return encoding.filter(Encoding::isStateless).isPresent();
    }

    /// Up to which difference, as a share of the norm, answers of devices that round differently
    /// are taken for the same. A code of four bits that falls to the other side is a seventh of the
    /// largest element of its block; how far that is, tells `RoundingProperties`.
    double classTolerance() {
        boolean isCoarse =
                encoding.filter(
                                form ->
                                        form instanceof Encoding.Blocks(var code)
                                                && code != Encoding.Code.INT8)
                        .isPresent();
        return isCoarse ? 1e-2 : TrustPolicy.OFF.classTolerance();
    }

    /// How bytes come to a device.
    enum Way {
        FILES,
        HTTP
    }
}
