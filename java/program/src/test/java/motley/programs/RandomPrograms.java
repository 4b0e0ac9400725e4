package motley.programs;

import java.util.ArrayList;
import java.util.List;
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

    /// For each way to propose an operation, a program of it alone, with parameters and shapes at
    /// random. Proposals that the options refuse every time are left out.
    public static List<Sample> everyOperation(long seed, Options options) {
        var random = new SplittableRandom(seed);
        var samples = new ArrayList<Sample>();
        for (var proposal : RandomOps.ALL) {
            var draft = new Draft(random, options);
            for (int i = 0; i < ATTEMPTS && draft.size() == 0; i++) {
                draft = new Draft(random, options);
                proposal.propose(draft);
            }
            if (draft.size() > 0) samples.add(draft.build());
        }
        return samples;
    }
}
