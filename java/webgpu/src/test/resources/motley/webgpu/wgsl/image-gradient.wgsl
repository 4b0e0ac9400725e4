@group(0) @binding(0) var<storage, read_write> b0: array<f32, 1458>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 648>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32, 400>;
var<workgroup> lefts: array<f32, 512>;
var<workgroup> rights: array<f32, 256>;
fn left_factor(batch: i32, row: i32, term: i32) -> f32 {
  let channel_group = batch / 4;
  let phase_down = batch / 2 % 2;
  let phase_across = batch % 2;
  let taps_down = (4 - phase_down) / 2;
  let taps_across = (4 - phase_across) / 2;
  if (row >= 50 || term >= taps_down * taps_across * 8) { return 0f; }
  let down = row / 5 % 5 + 0;
  let across = row % 5 + 0;
  let image = row / 25 * 200 + channel_group * 8;
  let r = term / 8 / taps_across;
  let c = term / 8 % taps_across;
  let i = down - r;
  let j = across - c;
  let inside = i >= 0 && i < 5 && j >= 0 && j < 5;
  let l = select(0, image + (i * 5 + j) * 8, inside);
  if (!inside) {
    return 0f;
  }
  return b2[l + term % 8];
}
fn right_factor(batch: i32, term: i32, col: i32) -> f32 {
  let channel_group = batch / 4;
  let phase_down = batch / 2 % 2;
  let phase_across = batch % 2;
  let taps_down = (4 - phase_down) / 2;
  let taps_across = (4 - phase_across) / 2;
  if (col >= 9 || term >= taps_down * taps_across * 8) { return 0f; }
  let tap = term / 8;
  return b1[((((tap / taps_across) * 2 + phase_down) * 3 + tap % taps_across * 2 + phase_across) * 9 + col) * 8 + channel_group * 8 + term % 8];
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane_index: u32) {
  let tile = i32(group.y * 8 + group.x);
  if (tile >= 8) { return; }
  let lane = i32(lane_index);
  let batch = tile / 2;
  let channel_group = batch / 4;
  let phase_down = batch / 2 % 2;
  let phase_across = batch % 2;
  let taps_down = (4 - phase_down) / 2;
  let taps_across = (4 - phase_across) / 2;
  let first_row = tile / 1 % 2 * 32;
  let first_col = tile % 1 * 16;
  var s00 = 0f;
  var s01 = 0f;
  var s10 = 0f;
  var s11 = 0f;
  var s20 = 0f;
  var s21 = 0f;
  var s30 = 0f;
  var s31 = 0f;
  for (var first = 0; first < taps_down * taps_across * 8; first += 16) {
    for (var e = lane; e < 512; e += 64) {
      let k = e % 16;
      let x = e / 16;
      lefts[k * 32 + x] = left_factor(batch, first_row + x, first + k);
    }
    for (var e = lane; e < 256; e += 64) {
      let k = e % 16;
      let x = e / 16;
      rights[k * 16 + x] = right_factor(batch, first + k, first_col + x);
    }
    workgroupBarrier();
    for (var k = 0; k < min(16, taps_down * taps_across * 8 - first); k++) {
      let a0 = lefts[k * 32 + lane / 8 * 4 + 0];
      let a1 = lefts[k * 32 + lane / 8 * 4 + 1];
      let a2 = lefts[k * 32 + lane / 8 * 4 + 2];
      let a3 = lefts[k * 32 + lane / 8 * 4 + 3];
      let c0 = rights[k * 16 + lane % 8 + 0];
      let c1 = rights[k * 16 + lane % 8 + 8];
      s00 = fma(a0, c0, s00);
      s01 = fma(a0, c1, s01);
      s10 = fma(a1, c0, s10);
      s11 = fma(a1, c1, s11);
      s20 = fma(a2, c0, s20);
      s21 = fma(a2, c1, s21);
      s30 = fma(a3, c0, s30);
      s31 = fma(a3, c1, s31);
    }
    workgroupBarrier();
  }
  {
    let row = first_row + lane / 8 * 4 + 0;
    let y = (row / 5 % 5 + 0) * 2 + phase_down - 1;
    let x = (row % 5 + 0) * 2 + phase_across - 1;
    let out = ((row / 25 * 9 + y) * 9 + x) * 9 + channel_group * 9;
    let col0 = first_col + lane % 8 + 0;
    if (row < 50 && y >= 0 && y < 9 && x >= 0 && x < 9 && col0 < 9) {
      b0[out + col0] = s00;
    }
    let col1 = first_col + lane % 8 + 8;
    if (row < 50 && y >= 0 && y < 9 && x >= 0 && x < 9 && col1 < 9) {
      b0[out + col1] = s01;
    }
  }
  {
    let row = first_row + lane / 8 * 4 + 1;
    let y = (row / 5 % 5 + 0) * 2 + phase_down - 1;
    let x = (row % 5 + 0) * 2 + phase_across - 1;
    let out = ((row / 25 * 9 + y) * 9 + x) * 9 + channel_group * 9;
    let col0 = first_col + lane % 8 + 0;
    if (row < 50 && y >= 0 && y < 9 && x >= 0 && x < 9 && col0 < 9) {
      b0[out + col0] = s10;
    }
    let col1 = first_col + lane % 8 + 8;
    if (row < 50 && y >= 0 && y < 9 && x >= 0 && x < 9 && col1 < 9) {
      b0[out + col1] = s11;
    }
  }
  {
    let row = first_row + lane / 8 * 4 + 2;
    let y = (row / 5 % 5 + 0) * 2 + phase_down - 1;
    let x = (row % 5 + 0) * 2 + phase_across - 1;
    let out = ((row / 25 * 9 + y) * 9 + x) * 9 + channel_group * 9;
    let col0 = first_col + lane % 8 + 0;
    if (row < 50 && y >= 0 && y < 9 && x >= 0 && x < 9 && col0 < 9) {
      b0[out + col0] = s20;
    }
    let col1 = first_col + lane % 8 + 8;
    if (row < 50 && y >= 0 && y < 9 && x >= 0 && x < 9 && col1 < 9) {
      b0[out + col1] = s21;
    }
  }
  {
    let row = first_row + lane / 8 * 4 + 3;
    let y = (row / 5 % 5 + 0) * 2 + phase_down - 1;
    let x = (row % 5 + 0) * 2 + phase_across - 1;
    let out = ((row / 25 * 9 + y) * 9 + x) * 9 + channel_group * 9;
    let col0 = first_col + lane % 8 + 0;
    if (row < 50 && y >= 0 && y < 9 && x >= 0 && x < 9 && col0 < 9) {
      b0[out + col0] = s30;
    }
    let col1 = first_col + lane % 8 + 8;
    if (row < 50 && y >= 0 && y < 9 && x >= 0 && x < 9 && col1 < 9) {
      b0[out + col1] = s31;
    }
  }
}
