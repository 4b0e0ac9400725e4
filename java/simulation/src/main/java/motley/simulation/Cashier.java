package motley.simulation;

/// Who pays for the work of a simulated run: one who does it right, and some who do not.
enum Cashier {
    /// Pays with the write that makes the work durable.
    CAREFUL,
    /// Pays as soon as an answer is accepted: what is lost in a crash is paid again.
    HASTY,
    /// Crosses out what is due before the disk has said that it is paid.
    FORGETFUL,
    /// Gives credits that come from nowhere.
    GENEROUS
}
