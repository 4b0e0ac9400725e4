package motley.wire.encoding;

import java.lang.foreign.MemorySegment;

/// Error feedback: what another encoder leaves out is added to the next vector.
///
/// With the memory `e`: `p = e + x`, `sent = decode(encode(p))`, `e = p - sent`. The memory has as
/// many floats as a vector and belongs to whoever encodes: a device keeps one for the run it works
/// for. What is not a number is forgotten once it was sent.
final class Remembering implements Encoder {
    private final Encoding encoding;
    private final Encoder encoder;
    private final float[] memory;
    private final MemorySegment owed;
    private final float[] tile = new float[EncodedVector.TILE];
    private MemorySegment last = MemorySegment.NULL;

    /// @param encoder of `encoding`, which remembers nothing
    Remembering(Encoding encoding, int elements, Encoder encoder) {
        this.encoding = encoding;
        this.encoder = encoder;
        memory = new float[elements];
        owed = MemorySegment.ofArray(memory);
    }

    @Override
    public MemorySegment encode(MemorySegment vector) {
        Encoder.requireLength(vector, memory.length);
        for (int at = 0; at < memory.length; at += tile.length) {
            int length = Math.min(tile.length, memory.length - at);
            MemorySegment.copy(vector, Layout.F32, 4L * at, tile, 0, length);
            for (int i = 0; i < length; i++) memory[at + i] += tile[i];
        }
        last = encoder.encode(owed);
        addSent(-1);
        return last;
    }

    /// Everything that was sent is owed again.
    @Override
    public void takeBack() {
        if (last.equals(MemorySegment.NULL)) return;
        addSent(1);
        last = MemorySegment.NULL;
    }

    private void addSent(int sign) {
        switch (EncodedVector.open(encoding, memory.length, last)) {
            case EncodedVector.Opened.Whole(var sent) -> addSent(sent, sign);
            case EncodedVector.Opened.Flawed(var reason) -> throw new IllegalStateException(reason);
        }
    }

    private void addSent(EncodedVector sent, int sign) {
        for (int at = 0; at < memory.length; at += tile.length) {
            int length = Math.min(tile.length, memory.length - at);
            sent.read(at, tile, length);
            for (int i = 0; i < length; i++) {
                float rest = memory[at + i] + sign * tile[i];
                memory[at + i] = Float.isFinite(rest) ? rest : sign > 0 ? memory[at + i] : 0;
            }
        }
    }
}
