@group(0) @binding(0) var<storage, read_write> b0: array<f32, 900>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 9>;
@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = i32(group.x * 4 + lane);
  if (at >= 9) { return; }
  let i0 = at;
  var sum = 0x0.0p0f;
  var lanes: array<f32, 16>;
  for (var l = 0; l < 16; l++) {
    sum = 0x0.0p0f;
    for (var i1 = l; i1 < 100; i1 += 16) {
      let n0 = b0[100 * i0 + i1];
      sum = sum + n0;
    }
    lanes[l] = sum;
  }
  for (var width = 8; width > 0; width /= 2) {
    for (var l = 0; l < width; l++) {
      lanes[l] = lanes[l] + lanes[l + width];
    }
  }
  sum = lanes[0];
  b1[i0] = sum;
}
