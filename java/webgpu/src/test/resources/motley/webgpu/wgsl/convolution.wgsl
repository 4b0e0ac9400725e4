@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = i32(group.x * 64 + lane);
  if (at >= 50) { return; }
  let batch = at / 2 % 1;
  let row0 = at / 2 * 4;
  let row1 = min(row0 + 1, 97);
  let row2 = min(row0 + 2, 97);
  let row3 = min(row0 + 3, 97);
  let col0 = at % 2 * 4;
  let col1 = col0 + 1;
  let col2 = col0 + 2;
  let col3 = col0 + 3;
  var s00 = 0f;
  var s01 = 0f;
  var s02 = 0f;
  var s03 = 0f;
  var s10 = 0f;
  var s11 = 0f;
  var s12 = 0f;
  var s13 = 0f;
  var s20 = 0f;
  var s21 = 0f;
  var s22 = 0f;
  var s23 = 0f;
  var s30 = 0f;
  var s31 = 0f;
  var s32 = 0f;
  var s33 = 0f;
  let top0 = row0 / 7 % 7 * 1 - 0;
  let left0 = row0 % 7 * 1 - 0;
  let image0 = row0 / 49 * 243 + batch * 3;
  let top1 = row1 / 7 % 7 * 1 - 0;
  let left1 = row1 % 7 * 1 - 0;
  let image1 = row1 / 49 * 243 + batch * 3;
  let top2 = row2 / 7 % 7 * 1 - 0;
  let left2 = row2 % 7 * 1 - 0;
  let image2 = row2 / 49 * 243 + batch * 3;
  let top3 = row3 / 7 % 7 * 1 - 0;
  let left3 = row3 % 7 * 1 - 0;
  let image3 = row3 / 49 * 243 + batch * 3;
  for (var r = 0; r < 3; r++) {
    for (var c = 0; c < 3; c++) {
      let w = (r * 3 + c) * 24 + batch * 8;
      let y0 = top0 + r * 1;
      let x0 = left0 + c * 1;
      let inside0 = y0 >= 0 && y0 < 9 && x0 >= 0 && x0 < 9;
      let l0 = select(0, image0 + (y0 * 9 + x0) * 3, inside0);
      let y1 = top1 + r * 1;
      let x1 = left1 + c * 1;
      let inside1 = y1 >= 0 && y1 < 9 && x1 >= 0 && x1 < 9;
      let l1 = select(0, image1 + (y1 * 9 + x1) * 3, inside1);
      let y2 = top2 + r * 1;
      let x2 = left2 + c * 1;
      let inside2 = y2 >= 0 && y2 < 9 && x2 >= 0 && x2 < 9;
      let l2 = select(0, image2 + (y2 * 9 + x2) * 3, inside2);
      let y3 = top3 + r * 1;
      let x3 = left3 + c * 1;
      let inside3 = y3 >= 0 && y3 < 9 && x3 >= 0 && x3 < 9;
      let l3 = select(0, image3 + (y3 * 9 + x3) * 3, inside3);
      for (var k = 0; k < 3; k++) {
        let a0 = select(0f, b1[l0 + k], inside0);
        let a1 = select(0f, b1[l1 + k], inside1);
        let a2 = select(0f, b1[l2 + k], inside2);
        let a3 = select(0f, b1[l3 + k], inside3);
        let c0 = b2[w + k * 8 + col0];
        let c1 = b2[w + k * 8 + col1];
        let c2 = b2[w + k * 8 + col2];
        let c3 = b2[w + k * 8 + col3];
        s00 = fma(a0, c0, s00);
        s01 = fma(a0, c1, s01);
        s02 = fma(a0, c2, s02);
        s03 = fma(a0, c3, s03);
        s10 = fma(a1, c0, s10);
        s11 = fma(a1, c1, s11);
        s12 = fma(a1, c2, s12);
        s13 = fma(a1, c3, s13);
        s20 = fma(a2, c0, s20);
        s21 = fma(a2, c1, s21);
        s22 = fma(a2, c2, s22);
        s23 = fma(a2, c3, s23);
        s30 = fma(a3, c0, s30);
        s31 = fma(a3, c1, s31);
        s32 = fma(a3, c2, s32);
        s33 = fma(a3, c3, s33);
      }
    }
  }
  b0[row0 * 8 + col0] = s00;
  b0[row0 * 8 + col1] = s01;
  b0[row0 * 8 + col2] = s02;
  b0[row0 * 8 + col3] = s03;
  if (row0 + 1 < 98) {
    b0[row1 * 8 + col0] = s10;
  }
  if (row0 + 1 < 98) {
    b0[row1 * 8 + col1] = s11;
  }
  if (row0 + 1 < 98) {
    b0[row1 * 8 + col2] = s12;
  }
  if (row0 + 1 < 98) {
    b0[row1 * 8 + col3] = s13;
  }
  if (row0 + 2 < 98) {
    b0[row2 * 8 + col0] = s20;
  }
  if (row0 + 2 < 98) {
    b0[row2 * 8 + col1] = s21;
  }
  if (row0 + 2 < 98) {
    b0[row2 * 8 + col2] = s22;
  }
  if (row0 + 2 < 98) {
    b0[row2 * 8 + col3] = s23;
  }
  if (row0 + 3 < 98) {
    b0[row3 * 8 + col0] = s30;
  }
  if (row0 + 3 < 98) {
    b0[row3 * 8 + col1] = s31;
  }
  if (row0 + 3 < 98) {
    b0[row3 * 8 + col2] = s32;
  }
  if (row0 + 3 < 98) {
    b0[row3 * 8 + col3] = s33;
  }
}
