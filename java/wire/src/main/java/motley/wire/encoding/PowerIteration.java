package motley.wire.encoding;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import motley.tensor.Shape;

/// Sends each matrix as two narrow factors and vectors as they are, in the form that [Factors]
/// reads. A tensor of more axes is a matrix with its last axis as columns.
///
/// Source: Vogels et al. 2019, "PowerSGD: Practical low-rank gradient compression for distributed
/// optimization", algorithm 1. Differs: each device factorizes its own matrices, and products are
/// added up, where there `P` and `Q` are averaged over the devices between the steps: that would
/// take two answers a task, from devices that may be gone after the first.
final class PowerIteration implements Encoder {
    private static final int HEAD_BYTES = 4;
    private static final int PIECE_BYTES = 8;

    private final Encoding.LowRank encoding;
    private final List<Piece> pieces = new ArrayList<>();
    private final int elements;
    private final MemorySegment body;

    /// A stretch of the vector.
    ///
    /// @param columns 0: a vector of as many elements as rows
    private record Piece(int first, int rows, int columns, Optional<Subspace> subspace) {
        int words() {
            return subspace.map(Subspace::size).orElse(rows);
        }
    }

    /// @param tensors that a vector is made of
    PowerIteration(Encoding.LowRank encoding, List<Shape> tensors) {
        this.encoding = encoding;
        int at = 0;
        for (var shape : tensors) {
            addPiece(at, shape);
            at += shape.count();
        }
        elements = at;
        long size = HEAD_BYTES;
        for (var piece : pieces) size += PIECE_BYTES + 2L * piece.words();
        body = MemorySegment.ofArray(new byte[Math.toIntExact(size)]);
        body.set(Layout.I32, 0, pieces.size());
        for (int i = 0; i < pieces.size(); i++) {
            long head = HEAD_BYTES + (long) PIECE_BYTES * i;
            body.set(Layout.I32, head, pieces.get(i).rows);
            body.set(Layout.I32, head + 4, pieces.get(i).columns);
        }
    }

    /// Vectors next to each other are one piece, so that heads take less than matrices save.
    private void addPiece(int at, Shape shape) {
        int count = shape.count();
        int columns = shape.rank() < 2 ? count : shape.dims().getLast();
        int rows = count / columns;
        if (encoding.shortens(rows, columns)) {
            var subspace = new Subspace(encoding.rank(), rows, columns);
            pieces.add(new Piece(at, rows, columns, Optional.of(subspace)));
            return;
        }
        boolean continues = !pieces.isEmpty() && pieces.getLast().columns == 0;
        int first = continues ? pieces.removeLast().first : at;
        pieces.add(new Piece(first, at + count - first, 0, Optional.empty()));
    }

    @Override
    public MemorySegment encode(MemorySegment vector) {
        Encoder.requireLength(vector, elements);
        long at = HEAD_BYTES + (long) PIECE_BYTES * pieces.size();
        for (var piece : pieces) {
            write(piece, vector, at);
            at += 2L * piece.words();
        }
        return body;
    }

    private void write(Piece piece, MemorySegment vector, long at) {
        long from = 4L * piece.first;
        if (piece.subspace.isEmpty()) {
            for (int i = 0; i < piece.rows; i++) {
                setWord(at + 2L * i, vector.get(Layout.F32, from + 4L * i));
            }
            return;
        }
        var subspace = piece.subspace.get();
        subspace.follow(vector, from);
        for (int i = 0; i < subspace.size(); i++) setWord(at + 2L * i, subspace.get(i));
    }

    private void setWord(long at, float value) {
        body.set(Layout.I16, at, WordKernel.word(Float.floatToRawIntBits(value)));
    }

    @Override
    public void takeBack() {}
}
