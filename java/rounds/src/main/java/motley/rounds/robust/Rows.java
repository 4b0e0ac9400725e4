package motley.rounds.robust;

/// Vectors of one length, one per contribution in the order of the slots, and the share of the
/// round's samples that each stands for.
final class Rows {
    final float[][] rows;
    final double[] shares;

    Rows(float[][] rows, double[] shares) {
        this.rows = rows;
        this.shares = shares;
    }

    int count() {
        return rows.length;
    }

    int elements() {
        return rows[0].length;
    }
}
