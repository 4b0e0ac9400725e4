package motley.worker;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.tensor.Shape;
import motley.wire.FromCoordinator.Assign;
import motley.wire.encoding.Encoder;
import motley.wire.encoding.Encoding;

/// Contributions of one run as they leave this device.
///
/// With error feedback it remembers what was not sent, one float an element. That memory goes with
/// the run's place on this device, and starts empty when the run has another owner or encoding.
///
/// Confined to one thread.
final class Outgoing {
    private final List<Shape> tensors;
    private final int elements;
    private Optional<Opened> opened = Optional.empty();

    /// @param encoders by the elements they are for: parts of a model have lengths of their own
    /// @param encoder used last
    /// @param lease whose contribution was encoded last
    private record Opened(
            Encoding encoding,
            long fence,
            Map<Integer, Encoder> encoders,
            Encoder encoder,
            long lease) {}

    /// @param tensors of the model, one after another in a contribution
    Outgoing(List<Shape> tensors) {
        this.tensors = List.copyOf(tensors);
        elements = tensors.stream().mapToInt(Shape::count).sum();
    }

    /// The bytes of `contribution`, overwritten by the next call.
    ///
    /// @throws IllegalArgumentException if this device does not know the encoding
    MemorySegment encode(Assign assign, MemorySegment contribution) {
        var encoding = Encoding.parse(assign.form().encoding());
        long fence = assign.task().fence();
        var encoders =
                opened.filter(last -> last.encoding.equals(encoding) && last.fence == fence)
                        .map(Opened::encoders)
                        .orElseGet(HashMap::new);
        int count = Math.toIntExact(contribution.byteSize() / Float.BYTES);
        var encoder = encoders.computeIfAbsent(count, _ -> encoder(encoding, count));
        opened = Optional.of(new Opened(encoding, fence, encoders, encoder, assign.task().lease()));
        return encoder.encode(contribution);
    }

    /// Parts of a model are of encodings that do not ask for tensors.
    private Encoder encoder(Encoding encoding, int count) {
        return count == elements ? Encoder.of(encoding, tensors) : Encoder.of(encoding, count);
    }

    /// What was encoded for `lease` did not count.
    void takeBack(long lease) {
        opened.filter(last -> last.lease == lease).ifPresent(last -> last.encoder.takeBack());
    }
}
