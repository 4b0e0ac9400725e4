package motley.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

import motley.fuzz.Trial;

/// The body of a request for a run. What is taken is planned; and it is written and read again as
/// the same.
public final class RunRequestFuzz {
    private RunRequestFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.of(
                () -> {
                    var request = RunRequestJson.parse(new String(bytes, UTF_8));
                    var written = RunRequestJson.write(request).toString();
                    boolean isSame = RunRequestJson.parse(written).equals(request);
                    if (!isSame) throw new AssertionError("another request when written and read");
                    RunPlan.of(request);
                });
    }
}
