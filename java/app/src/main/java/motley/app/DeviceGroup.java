package motley.app;

import java.util.Optional;
import java.util.regex.Pattern;

/// Devices of equal speed, as `4x0.5`, or one that has joined a coordinator.
///
/// @param speed against that of the device which times are given for
record DeviceGroup(int count, double speed, Optional<String> name) {
    static final int DEVICES_MAX = 10_000;

    private static final Pattern FORM = Pattern.compile("(\\d{1,5})x(\\d{1,6}(?:\\.\\d{1,6})?)");

    DeviceGroup(int count, double speed) {
        this(count, speed, Optional.empty());
    }

    static DeviceGroup parsed(String text) {
        var form = FORM.matcher(text);
        if (!form.matches()) throw refused(text);
        int count = Integer.parseInt(form.group(1));
        double speed = Double.parseDouble(form.group(2));
        if (count < 1 || count > DEVICES_MAX || speed <= 0) throw refused(text);
        return new DeviceGroup(count, speed);
    }

    /// One of them, for people.
    String one() {
        return name.map(known -> "%s, speed %.2f".formatted(known, speed))
                .orElseGet(() -> "one of speed " + speed);
    }

    private static UserException refused(String text) {
        return new UserException(
                "--device: %s (expected: COUNTxSPEED, as 4x1.0, both above 0)".formatted(text));
    }
}
