package motley.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import motley.wire.encoding.Encoding;
import motley.wire.encoding.ParameterForm;
import picocli.CommandLine.Option;

/// In what form updates and parameters travel between coordinator and devices.
final class EncodingOptions {
    private static final String AUTO = "auto";

    @Option(
            names = "--encoding",
            paramLabel = "FORM",
            defaultValue = "f32",
            description = {
                "of answers on their way to the coordinator (default: ${DEFAULT-VALUE}):",
                "f32: exact; bf16: half the bytes; int8: a quarter, no accuracy lost;",
                "int4: an eighth; e3m0: the same bytes, as powers of two. The next keep on the",
                "device what they leave out, for later, so that the weights depend on which",
                "device did what: int2: a sixteenth; low-rank:2: matrices as products of two with",
                "2 columns; top-k:0.01: the largest hundredth.",
                "auto: f32 through files of one machine and int8 over a network, so that they",
                "depend on where devices are"
            })
    private String encoding = "";

    @Option(
            names = "--parameters",
            paramLabel = "FORM",
            defaultValue = "f32",
            description = {
                "that devices compute with: f32, or bf16: rounded to 16 bits, and over a network",
                "sent as what has changed (default: ${DEFAULT-VALUE})"
            })
    private String parameters = "";

    /// @throws UserException if a form does not exist
    void requireKnown() {
        try {
            if (!encoding.equals(AUTO)) Encoding.parse(encoding);
        } catch (IllegalArgumentException e) {
            throw new UserException("--" + e.getMessage() + " or auto", e);
        }
        try {
            ParameterForm.parse(parameters);
        } catch (IllegalArgumentException e) {
            throw new UserException("--" + e.getMessage(), e);
        }
    }

    /// Whether anything but the usual was said.
    boolean isGiven() {
        return !encoding.equals("f32") || !parameters.equals("f32");
    }

    void addTo(ObjectNode request) {
        request.put("encoding", encoding).put("parameters", parameters);
    }
}
