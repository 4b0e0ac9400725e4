package motley.wire.encoding;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What devices compute with.
public enum ParameterForm {
    /// The parameters.
    F32,

    /// The parameters rounded to bfloat16: half the bytes, and far fewer as a difference to the
    /// version before.
    BF16;

    /// What [#parse] reads.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException if `text` names none
    public static ParameterForm parse(String text) {
        for (var form : values()) {
            if (form.text().equals(text)) return form;
        }
        var names =
                Arrays.stream(values())
                        .map(ParameterForm::text)
                        .collect(Collectors.joining(" or "));
        throw new IllegalArgumentException("parameters: %s (expected: %s)".formatted(text, names));
    }
}
