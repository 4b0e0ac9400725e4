@group(0) @binding(0) var<storage, read_write> b0: array<f32, 660>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32, 594>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32, 360>;
@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = i32(group.x * 4 + lane);
  if (at >= 27) { return; }
  let batch = at / 9 % 1;
  let row0 = at % 9 * 4;
  let row1 = min(row0 + 1, 32);
  let row2 = min(row0 + 2, 32);
  let row3 = min(row0 + 3, 32);
  let col0 = at / 9 * 6;
  let col1 = col0 + 1;
  let col2 = col0 + 2;
  let col3 = col0 + 3;
  let col4 = col0 + 4;
  let col5 = col0 + 5;
  var s00 = 0f;
  var s01 = 0f;
  var s02 = 0f;
  var s03 = 0f;
  var s04 = 0f;
  var s05 = 0f;
  var s10 = 0f;
  var s11 = 0f;
  var s12 = 0f;
  var s13 = 0f;
  var s14 = 0f;
  var s15 = 0f;
  var s20 = 0f;
  var s21 = 0f;
  var s22 = 0f;
  var s23 = 0f;
  var s24 = 0f;
  var s25 = 0f;
  var s30 = 0f;
  var s31 = 0f;
  var s32 = 0f;
  var s33 = 0f;
  var s34 = 0f;
  var s35 = 0f;
  let l0 = 20 * row0;
  let l1 = 20 * row1;
  let l2 = 20 * row2;
  let l3 = 20 * row3;
  let r0 = col0;
  let r1 = col1;
  let r2 = col2;
  let r3 = col3;
  let r4 = col4;
  let r5 = col5;
  for (var term = 0; term < 20; term++) {
    let a0 = b0[l0 + term];
    let a1 = b0[l1 + term];
    let a2 = b0[l2 + term];
    let a3 = b0[l3 + term];
    let c0 = b2[r0 + 18 * term];
    let c1 = b2[r1 + 18 * term];
    let c2 = b2[r2 + 18 * term];
    let c3 = b2[r3 + 18 * term];
    let c4 = b2[r4 + 18 * term];
    let c5 = b2[r5 + 18 * term];
    s00 = fma(a0, c0, s00);
    s01 = fma(a0, c1, s01);
    s02 = fma(a0, c2, s02);
    s03 = fma(a0, c3, s03);
    s04 = fma(a0, c4, s04);
    s05 = fma(a0, c5, s05);
    s10 = fma(a1, c0, s10);
    s11 = fma(a1, c1, s11);
    s12 = fma(a1, c2, s12);
    s13 = fma(a1, c3, s13);
    s14 = fma(a1, c4, s14);
    s15 = fma(a1, c5, s15);
    s20 = fma(a2, c0, s20);
    s21 = fma(a2, c1, s21);
    s22 = fma(a2, c2, s22);
    s23 = fma(a2, c3, s23);
    s24 = fma(a2, c4, s24);
    s25 = fma(a2, c5, s25);
    s30 = fma(a3, c0, s30);
    s31 = fma(a3, c1, s31);
    s32 = fma(a3, c2, s32);
    s33 = fma(a3, c3, s33);
    s34 = fma(a3, c4, s34);
    s35 = fma(a3, c5, s35);
  }
  let out0 = 18 * row0;
  b1[out0 + col0] = s00;
  b1[out0 + col1] = s01;
  b1[out0 + col2] = s02;
  b1[out0 + col3] = s03;
  b1[out0 + col4] = s04;
  b1[out0 + col5] = s05;
  let out1 = 18 * row1;
  if (row0 + 1 < 33) {
    b1[out1 + col0] = s10;
    b1[out1 + col1] = s11;
    b1[out1 + col2] = s12;
    b1[out1 + col3] = s13;
    b1[out1 + col4] = s14;
    b1[out1 + col5] = s15;
  }
  let out2 = 18 * row2;
  if (row0 + 2 < 33) {
    b1[out2 + col0] = s20;
    b1[out2 + col1] = s21;
    b1[out2 + col2] = s22;
    b1[out2 + col3] = s23;
    b1[out2 + col4] = s24;
    b1[out2 + col5] = s25;
  }
  let out3 = 18 * row3;
  if (row0 + 3 < 33) {
    b1[out3 + col0] = s30;
    b1[out3 + col1] = s31;
    b1[out3 + col2] = s32;
    b1[out3 + col3] = s33;
    b1[out3 + col4] = s34;
    b1[out3 + col5] = s35;
  }
}
