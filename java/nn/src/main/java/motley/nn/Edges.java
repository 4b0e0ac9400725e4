package motley.nn;

/// Rows and columns at the edges of an image; see [Layer.Frame].
public record Edges(int top, int bottom, int left, int right) {}
