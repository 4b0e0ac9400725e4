package motley.webgpu.wgsl;

import java.util.Locale;

/// Functions in WGSL that shaders call, added where they are called.
///
/// WGSL leaves open what happens to NaN and infinities in comparisons, minima and maxima, and
/// refuses constants that are not finite; these ask for bits instead. It also lets a device take
/// subnormal numbers for zeros: comparisons that find two numbers equal look at their bits, which
/// are in the order of the numbers once a negative one has been turned over.
enum Functions {
    /// The nearest whole number to `x`, added to 1.5·2²³ in a way that is no sum while the number
    /// is small enough for it to round.
    SHIFTED(
            """
            fn shifted(x: f32) -> f32 {
              if (!(abs(x) < 0x1p22f)) { return x + 0x1.8p23f; }
              return bitcast<f32>(i32(round(x)) + 0x4b400000);
            }
            """),
    TO_INT(
            """
            fn to_int(x: f32) -> i32 {
              if (is_nan(x)) { return 0; }
              if (x >= 0x1p31f) { return 2147483647; }
              if (x <= -0x1p31f) { return bitcast<i32>(0x80000000u); }
              return i32(x);
            }
            """),
    LARGER(
            """
            fn larger(x: f32, y: f32) -> f32 {
              if (is_nan(x)) { return x; }
              if (is_nan(y)) { return y; }
              if (equal(x, y)) { return bitcast<f32>(bitcast<u32>(x) & bitcast<u32>(y)); }
              return select(y, x, less(y, x));
            }
            """),
    SMALLER(
            """
            fn smaller(x: f32, y: f32) -> f32 {
              if (is_nan(x)) { return x; }
              if (is_nan(y)) { return y; }
              if (equal(x, y)) { return bitcast<f32>(bitcast<u32>(x) | bitcast<u32>(y)); }
              return select(y, x, less(x, y));
            }
            """),
    BEATS(
            """
            fn beats(x: f32, best: f32) -> bool {
              return !is_nan(best) && (is_nan(x) || less(best, x));
            }
            """),
    EQUAL(
            """
            fn equal(x: f32, y: f32) -> bool {
              return x == y && ordered(x) == ordered(y);
            }
            """),
    LESS(
            """
            fn less(x: f32, y: f32) -> bool {
              return x < y || (x == y && ordered(x) < ordered(y));
            }
            """),
    NOT_MORE(
            """
            fn not_more(x: f32, y: f32) -> bool {
              return x < y || (x == y && ordered(x) <= ordered(y));
            }
            """),
    ORDERED(
            """
            fn ordered(x: f32) -> i32 {
              let bits = bitcast<i32>(x);
              return select(bits, -(bits & 0x7fffffff), bits < 0);
            }
            """),
    IS_NAN(
            """
            fn is_nan(x: f32) -> bool {
              return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
            }
            """),
    NUMBER(
            """
            fn number(bits: u32) -> f32 {
              return bitcast<f32>(bits);
            }
            """),
    /// Rounded to nearest by its bits, since WGSL lets a conversion round either way; `up` scales
    /// it into the range of half floats. Infinities and NaN stay what they are.
    NEAREST_HALF(
            """
            fn nearest_half(x: f32, up: f32) -> f16 {
              let bits = bitcast<u32>(x);
              let size = bits & 0x7fffffffu;
              if (size >= 0x7f800000u) {
                let half = select(0x7c00u, 0x7e00u, size > 0x7f800000u);
                return bitcast<vec2<f16>>(half | ((bits >> 16) & 0x8000u)).x;
              }
              let scaled = bitcast<u32>(x * up);
              let rounded = (scaled + 0xfffu + ((scaled >> 13) & 1u)) & 0xffffe000u;
              return f16(bitcast<f32>(rounded));
            }
            """),
    HIGH_PRODUCT(
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

    private final String text;

    Functions(String text) {
        this.text = text;
    }

    private String call() {
        return name().toLowerCase(Locale.ROOT) + "(";
    }

    /// `text` followed by the functions it calls, and those that they call.
    static String with(String text) {
        var whole = new StringBuilder(text);
        for (var function : values()) {
            if (whole.indexOf(function.call()) >= 0) whole.append(function.text);
        }
        return whole.toString();
    }
}
