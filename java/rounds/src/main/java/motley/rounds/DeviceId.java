package motley.rounds;

/// A device as one run knows it: the shell gives every device of a run its own number.
public record DeviceId(long value) implements Comparable<DeviceId> {
    @Override
    public int compareTo(DeviceId that) {
        return Long.compare(value, that.value);
    }

    /// `device 7`.
    @Override
    public String toString() {
        return "device " + value;
    }
}
