package motley.webgpu.wgsl;

import java.util.LinkedHashMap;
import java.util.Map;

/// Functions in WGSL that shaders call, added where they are called.
///
/// WGSL leaves open what happens to NaN and infinities in comparisons, minima and maxima, and
/// refuses constants that are not finite; these ask for bits instead. It also lets a device take
/// subnormal numbers for zeros: comparisons that find two numbers equal look at their bits, which
/// are in the order of the numbers once a negative one has been turned over.
final class Functions {
    private static final Map<String, String> ALL = new LinkedHashMap<>();

    static {
        ALL.put(
                "to_int",
                """
                fn to_int(x: f32) -> i32 {
                  if (is_nan(x)) { return 0; }
                  if (x >= 0x1p31f) { return 2147483647; }
                  if (x <= -0x1p31f) { return bitcast<i32>(0x80000000u); }
                  return i32(x);
                }
                """);
        ALL.put(
                "larger",
                """
                fn larger(x: f32, y: f32) -> f32 {
                  if (is_nan(x)) { return x; }
                  if (is_nan(y)) { return y; }
                  if (equal(x, y)) { return bitcast<f32>(bitcast<u32>(x) & bitcast<u32>(y)); }
                  return select(y, x, less(y, x));
                }
                """);
        ALL.put(
                "smaller",
                """
                fn smaller(x: f32, y: f32) -> f32 {
                  if (is_nan(x)) { return x; }
                  if (is_nan(y)) { return y; }
                  if (equal(x, y)) { return bitcast<f32>(bitcast<u32>(x) | bitcast<u32>(y)); }
                  return select(y, x, less(x, y));
                }
                """);
        ALL.put(
                "beats",
                """
                fn beats(x: f32, best: f32) -> bool {
                  return !is_nan(best) && (is_nan(x) || less(best, x));
                }
                """);
        ALL.put(
                "equal",
                """
                fn equal(x: f32, y: f32) -> bool {
                  return x == y && ordered(x) == ordered(y);
                }
                """);
        ALL.put(
                "less",
                """
                fn less(x: f32, y: f32) -> bool {
                  return x < y || (x == y && ordered(x) < ordered(y));
                }
                """);
        ALL.put(
                "not_more",
                """
                fn not_more(x: f32, y: f32) -> bool {
                  return x < y || (x == y && ordered(x) <= ordered(y));
                }
                """);
        ALL.put(
                "ordered",
                """
                fn ordered(x: f32) -> i32 {
                  let bits = bitcast<i32>(x);
                  return select(bits, -(bits & 0x7fffffff), bits < 0);
                }
                """);
        ALL.put(
                "is_nan",
                """
                fn is_nan(x: f32) -> bool {
                  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
                }
                """);
        ALL.put(
                "number",
                """
                fn number(bits: u32) -> f32 {
                  return bitcast<f32>(bits);
                }
                """);
        ALL.put(
                "high_product",
                """
                fn high_product(x: u32, y: u32) -> u32 {
                  let x0 = x & 0xffffu;
                  let x1 = x >> 16;
                  let y0 = y & 0xffffu;
                  let y1 = y >> 16;
                  let low = x0 * y0;
                  let middle = x1 * y0 + (low >> 16);
                  let other = x0 * y1 + (middle & 0xffffu);
                  return x1 * y1 + (middle >> 16) + (other >> 16);
                }
                """);
    }

    private Functions() {}

    /// `text` followed by the functions it calls.
    static String with(String text) {
        var whole = new StringBuilder(text);
        for (var function : ALL.entrySet()) {
            if (whole.indexOf(function.getKey() + "(") >= 0) whole.append(function.getValue());
        }
        return whole.toString();
    }
}
