@group(0) @binding(0) var<storage, read_write> b0: array<f32, 150>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 150>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32, 150>;
@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = i32(group.x * 8 + lane);
  if (at >= 150) { return; }
  let i0 = at;
  let n0 = b0[i0];
  let n1 = b1[i0];
  let n2 = n0 + n1;
  let n3 = larger(n2, n0);
  b2[i0] = n3;
}
fn larger(x: f32, y: f32) -> f32 {
  if (is_nan(x)) { return x; }
  if (is_nan(y)) { return y; }
  if (equal(x, y)) { return bitcast<f32>(bitcast<u32>(x) & bitcast<u32>(y)); }
  return select(y, x, less(y, x));
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
