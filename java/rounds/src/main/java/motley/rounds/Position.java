package motley.rounds;

import static motley.tensor.Require.require;

import java.util.Optional;

/// Where a run is: all of the loop's state that a checkpoint must hold beside the parameters.
///
/// At the border of two epochs, all micro-batches of an epoch are in the parameters; `epoch` then
/// tells whether the evaluation after it is still to come.
///
/// @param epoch counted from 0
/// @param round training rounds applied so far: the number of the next one
/// @param version the version of the current parameters
/// @param coverage which micro-batches of the epoch are in the parameters; empty: those of its
///     rounds before `round`, as the schedule numbers them
public record Position(int epoch, int round, long version, Optional<Coverage> coverage) {
    /// Before the first round; the initial parameters have version 0.
    public static final Position START = new Position(0, 0, 0);

    /// @throws IllegalArgumentException naming a negative component
    public Position {
        require(epoch >= 0, "epoch: %d (expected: at least 0)", epoch);
        require(round >= 0, "round: %d (expected: at least 0)", round);
        require(version >= 0, "version: %d (expected: at least 0)", version);
    }

    /// A place between two rounds of a run that has only known whole rounds.
    public Position(int epoch, int round, long version) {
        this(epoch, round, version, Optional.empty());
    }
}
