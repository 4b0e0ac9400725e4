package motley.programs;

import java.util.SplittableRandom;

/// Random well-typed programs over all operations, with operands. One seed, one program, on every
/// machine.
public final class RandomPrograms {
    /// Attempts per equation aimed at; what an attempt gives may not be allowed.
    private static final int ATTEMPTS = 8;

    private RandomPrograms() {}

    public static Sample generate(long seed, Options options) {
        var random = new SplittableRandom(seed);
        var draft = new Draft(random, options);
        int attempts = ATTEMPTS * options.equations();
        for (int i = 0; i < attempts && draft.size() < options.equations(); i++) {
            draft.oneOf(RandomOps.ALL).propose(draft);
        }
        return draft.build();
    }
}
