package motley.coordinator.credits;

import motley.rounds.credits.Entry;

/// An entry and what people are told about it.
///
/// @param run it has to do with; empty: none
/// @param work what was paid for; nothing where no work was
/// @param note in somebody's words; empty: none
record Booking(Entry entry, String run, Work work, String note) {
    /// Work that was paid.
    ///
    /// @param device that did it
    /// @param kind of task
    record Work(String device, String kind, long samples, long flops) {
        static final Work NONE = new Work("", "", 0, 0);
    }

    Booking(Entry entry, String run) {
        this(entry, run, Work.NONE, "");
    }
}
