package motley.cpu.kernel;

/// What is literal in the code of a [Transform].
///
/// @param matrix the constant `P`
/// @param lanes channels in a vector: 4, 8 or 16
/// @param fromColumn elements from one column of `X` to the next
/// @param toColumn elements from one column of `Y` to the next
/// @param adding whether results are added to what is there
record TransformForm(Matrix matrix, int lanes, int fromColumn, int toColumn, boolean adding) {}
