@group(0) @binding(0) var<storage, read_write> b0: array<f32, 660>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 594>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32, 360>;
var<workgroup> lefts: array<f32, 1024>;
var<workgroup> rights: array<f32, 512>;
fn left_factor(batch: i32, row: i32, term: i32) -> f32 {
  if (row >= 33 || term >= 20) { return 0f; }
  return b0[20 * row + term];
}
fn right_factor(batch: i32, term: i32, col: i32) -> f32 {
  if (col >= 18 || term >= 20) { return 0f; }
  return b2[18 * term + col];
}
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane_index: u32) {
  let tile = i32(group.y * 1 + group.x);
  if (tile >= 1) { return; }
  let lane = i32(lane_index);
  let batch = tile / 1;
  let first_row = tile / 1 % 1 * 64;
  let first_col = tile % 1 * 32;
  var s00 = 0f;
  var s01 = 0f;
  var s10 = 0f;
  var s11 = 0f;
  var s20 = 0f;
  var s21 = 0f;
  var s30 = 0f;
  var s31 = 0f;
  for (var first = 0; first < 20; first += 16) {
    for (var e = lane; e < 1024; e += 256) {
      let k = e % 16;
      let x = e / 16;
      lefts[k * 64 + x] = left_factor(batch, first_row + x, first + k);
    }
    for (var e = lane; e < 512; e += 256) {
      let k = e / 32;
      let x = e % 32;
      rights[k * 32 + x] = right_factor(batch, first + k, first_col + x);
    }
    workgroupBarrier();
    for (var k = 0; k < min(16, 20 - first); k++) {
      let a0 = lefts[k * 64 + lane / 16 * 4 + 0];
      let a1 = lefts[k * 64 + lane / 16 * 4 + 1];
      let a2 = lefts[k * 64 + lane / 16 * 4 + 2];
      let a3 = lefts[k * 64 + lane / 16 * 4 + 3];
      let c0 = rights[k * 32 + lane % 16 + 0];
      let c1 = rights[k * 32 + lane % 16 + 16];
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
    let row = first_row + lane / 16 * 4 + 0;
    let out = 18 * row;
    let col0 = first_col + lane % 16 + 0;
    if (row < 33 && col0 < 18) {
      b1[out + col0] = s00;
    }
    let col1 = first_col + lane % 16 + 16;
    if (row < 33 && col1 < 18) {
      b1[out + col1] = s01;
    }
  }
  {
    let row = first_row + lane / 16 * 4 + 1;
    let out = 18 * row;
    let col0 = first_col + lane % 16 + 0;
    if (row < 33 && col0 < 18) {
      b1[out + col0] = s10;
    }
    let col1 = first_col + lane % 16 + 16;
    if (row < 33 && col1 < 18) {
      b1[out + col1] = s11;
    }
  }
  {
    let row = first_row + lane / 16 * 4 + 2;
    let out = 18 * row;
    let col0 = first_col + lane % 16 + 0;
    if (row < 33 && col0 < 18) {
      b1[out + col0] = s20;
    }
    let col1 = first_col + lane % 16 + 16;
    if (row < 33 && col1 < 18) {
      b1[out + col1] = s21;
    }
  }
  {
    let row = first_row + lane / 16 * 4 + 3;
    let out = 18 * row;
    let col0 = first_col + lane % 16 + 0;
    if (row < 33 && col0 < 18) {
      b1[out + col0] = s30;
    }
    let col1 = first_col + lane % 16 + 16;
    if (row < 33 && col1 < 18) {
      b1[out + col1] = s31;
    }
  }
}
