package motley.rounds;

/// What a run knows about how far it may believe its devices.
///
/// @param usualNorm what unverified contributions are clipped to
public record Trust(UsualNorm usualNorm) {
    /// Nothing is known.
    static final Trust NONE = new Trust(UsualNorm.UNKNOWN);

    Trust withNorm(UsualNorm norm) {
        return new Trust(norm);
    }
}
