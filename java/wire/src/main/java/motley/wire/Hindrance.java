package motley.wire;

import static motley.tensor.Require.require;

/// Why a device does not work, and what ends that. Nobody is told the one without the other.
///
/// @param cause what was found, with the figure and the limit where there are some; no full stop
/// @param remedy what helps, or when it ends by itself; no full stop
public record Hindrance(String cause, String remedy) {
    public Hindrance {
        require(!cause.isBlank(), "cause: empty (expected: what was found)");
        require(!remedy.isBlank(), "remedy: empty for %s (expected: what helps)", cause);
    }

    /// Both, in one line.
    public String text() {
        return cause + "; " + remedy;
    }
}
