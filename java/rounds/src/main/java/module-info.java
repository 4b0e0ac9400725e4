import org.jspecify.annotations.NullMarked;

/// The training loop, the pipeline and device scheduling as pure state machines.
@NullMarked
module motley.rounds {
    requires motley.tensor;
    requires static transitive org.jspecify;

    exports motley.rounds;
    exports motley.rounds.credits;
    exports motley.rounds.likeness;
    exports motley.rounds.robust;
    exports motley.rounds.sharing;
}
