@group(0) @binding(0) var<storage, read_write> b0: array<f32, 64>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 64>;
@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = i32(group.x * 4 + lane);
  if (at >= 64) { return; }
  let i0 = at;
  let n0 = b0[i0];
  let n1 = 0x1.64p6f;
  let n2 = smaller(n0, n1);
  let n3 = -0x1.ap6f;
  let n4 = larger(n2, n3);
  let n5 = 0x0.0p0f;
  let n6 = 0x1.715476p0f;
  let n7 = 0x1.8p23f;
  let n8 = shifted(n4 * n6);
  let n9 = n8 - n7;
  let n10 = -0x1.62e4p-1f;
  let n11 = fma(n9, n10, n4);
  let n12 = -0x1.7f7d1cp-20f;
  let n13 = fma(n9, n12, n11);
  let n14 = 1262485504i;
  let n15 = bitcast<i32>(n8);
  let n16 = n15 - n14;
  let n17 = n13 + n5;
  let n18 = 0x1.a1a93p-13f;
  let n19 = 0x1.6d7b7cp-10f;
  let n20 = fma(n18, n17, n19);
  let n21 = 0x1.11108ap-7f;
  let n22 = fma(n20, n17, n21);
  let n23 = 0x1.5554a8p-5f;
  let n24 = fma(n22, n17, n23);
  let n25 = 0x1.555556p-3f;
  let n26 = fma(n24, n17, n25);
  let n27 = 0x1.0p-1f;
  let n28 = fma(n26, n17, n27);
  let n29 = n17 * n17;
  let n30 = fma(n29, n28, n17);
  let n31 = 0x1.0p0f;
  let n32 = n30 + n31;
  let n33 = 1i;
  let n34 = n16 >> u32(n33);
  let n35 = 127i;
  let n36 = n34 + n35;
  let n37 = 23i;
  let n38 = n36 << u32(n37);
  let n39 = bitcast<f32>(n38);
  let n40 = n32 * n39;
  let n41 = n16 - n34;
  let n42 = n41 + n35;
  let n43 = n42 << u32(n37);
  let n44 = bitcast<f32>(n43);
  let n45 = n40 * n44;
  b1[i0] = n45;
}
fn shifted(x: f32) -> f32 {
  if (!(abs(x) < 0x1p22f)) { return x + 0x1.8p23f; }
  return bitcast<f32>(i32(round(x)) + 0x4b400000);
}
fn larger(x: f32, y: f32) -> f32 {
  if (is_nan(x)) { return x; }
  if (is_nan(y)) { return y; }
  if (equal(x, y)) { return bitcast<f32>(bitcast<u32>(x) & bitcast<u32>(y)); }
  return select(y, x, less(y, x));
}
fn smaller(x: f32, y: f32) -> f32 {
  if (is_nan(x)) { return x; }
  if (is_nan(y)) { return y; }
  if (equal(x, y)) { return bitcast<f32>(bitcast<u32>(x) | bitcast<u32>(y)); }
  return select(y, x, less(x, y));
}
fn equal(x: f32, y: f32) -> bool {
  return x == y && ordered(x) == ordered(y);
}
fn less(x: f32, y: f32) -> bool {
  return x < y || (x == y && ordered(x) < ordered(y));
}
fn ordered(x: f32) -> i32 {
  let bits = bitcast<i32>(x);
  return select(bits, -(bits & 0x7fffffff), bits < 0);
}
fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}
