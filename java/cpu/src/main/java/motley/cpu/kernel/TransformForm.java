package motley.cpu.kernel;

/// What is literal in the code of a [Transform].
///
/// @param matrix the constant `P`
/// @param lanes channels in a vector: 4, 8 or 16
/// @param adding whether results are added to what is there
record TransformForm(Matrix matrix, int lanes, boolean adding) {}
