package motley.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import motley.data.HeldBack;
import picocli.CommandLine.Option;

/// Which samples a training is judged by.
final class ValidationOptions {
    @Option(
            names = "--validation-share",
            paramLabel = "P",
            description = {
                "hold back this share of the samples to learn from, drawn by --seed, and judge by",
                "it after every epoch (0.1: a tenth); the data's own test samples stay unseen",
                "(default: judge by the data's test samples)"
            })
    private Optional<Double> share = Optional.empty();

    /// @throws UserException if it is no share
    void requireValid() {
        if (share.isEmpty() || (share.get() > 0 && share.get() <= HeldBack.SHARE_MAX)) return;
        throw new UserException(
                "--validation-share: %s (expected: above 0, at most %s)"
                        .formatted(share.get(), HeldBack.SHARE_MAX));
    }

    /// Adds what is given to a request.
    void addTo(ObjectNode request) {
        requireValid();
        share.ifPresent(value -> request.put("validationShare", value));
    }

    /// `parts` as a training in this process sees them.
    SampleParts hold(SampleParts parts, long seed) {
        if (share.isEmpty()) return parts;
        try {
            var split = HeldBack.of(share.get(), parts.train().count(), seed).split(parts.train());
            return new SampleParts(split.train(), split.test());
        } catch (IllegalArgumentException e) {
            var message = String.valueOf(e.getMessage());
            throw new UserException(
                    message.replaceFirst("^validationShare:", "--validation-share:"), e);
        }
    }
}
