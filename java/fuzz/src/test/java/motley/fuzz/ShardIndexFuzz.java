package motley.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import motley.data.ShardIndex;

/// Where the samples of a data set lie. What is taken is written and read again as the same.
public final class ShardIndexFuzz {
    private ShardIndexFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.of(
                () -> {
                    var index = ShardIndex.parse(new String(bytes, UTF_8));
                    boolean isSame = ShardIndex.parse(index.text()).equals(index);
                    if (!isSame) throw new AssertionError("another index when written and read");
                });
    }
}
