@group(0) @binding(0) var<storage, read_write> b0: array<f32, 384>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 96>;
@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = i32(group.x * 4 + lane);
  if (at >= 96) { return; }
  let b = at / 48;
  let i = at / 12 % 4;
  let j = at / 3 % 4;
  let channel = at % 3;
  var winner = -1;
  var best = 0f;
  for (var r = max(0, i * 2 - 0); r < min(8, i * 2 - 0 + 2); r++) {
    for (var c = max(0, j * 2 - 0); c < min(8, j * 2 - 0 + 2); c++) {
      let here = ((b * 8 + r) * 8 + c) * 3 + channel;
      let candidate = b0[here];
      if (winner < 0 || beats(candidate, best)) {
        winner = here;
        best = candidate;
      }
    }
  }
  b1[at] = b0[winner];
}
fn beats(x: f32, best: f32) -> bool {
  return !is_nan(best) && (is_nan(x) || less(best, x));
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
