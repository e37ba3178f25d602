//! The text of the simple kernels, in WGSL: those that take one vector, or one sum, each. Channels are innermost in memory,
//! as in [`super::wgsl`].

use super::spec::Element;
use super::wgsl::{finished, line};

/// Invocations a workgroup of the kernels that take one vector each.
pub(super) const WORKGROUP: usize = 64;

/// How the kernels begin that have one invocation for each vector of the result, `place`.
fn each() -> String {
    format!(
        "@compute @workgroup_size({WORKGROUP}, 1, 1)\n\
         fn main(@builtin(global_invocation_id) own: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {{\n\
         let place = own.y * groups.x * {WORKGROUP}u + own.x;\n"
    )
}

/// A kernel that makes each vector of `y`, of numbers of `to`, from `x` and `sizes` alone.
fn of_one(element: Element, to: Element, body: &str) -> String {
    let (extension, four, result) = (element.extension(), element.vector(), to.vector());
    let each = each();
    format!(
        "{extension}@group(0) @binding(0) var<storage, read> x: array<{four}>;\n\
         @group(0) @binding(1) var<storage, read> sizes: array<u32>;\n\
         @group(0) @binding(2) var<storage, read_write> y: array<{result}>;\n\
         {each}{body}}}"
    )
}

/// Puts the parts of a convolution together: `parts` `[count, vectors]`, `sizes` `[count, vectors, outputs]`, `bias`
/// `[outputs]`, where asked for `shortcut`, and the result `y` `[vectors]`, all in vectors.
pub(super) fn add_parts(element: Element, shortcut: bool, rectify: bool) -> String {
    let each = each();
    let mut text = String::from(element.extension());
    let four = element.vector();
    text.push_str(
        "@group(0) @binding(0) var<storage, read> parts: array<vec4<f32>>;\n\
         @group(0) @binding(1) var<storage, read> sizes: array<u32>;\n\
         @group(0) @binding(2) var<storage, read> bias: array<vec4<f32>>;\n",
    );
    if shortcut {
        line(
            &mut text,
            format_args!("@group(0) @binding(3) var<storage, read> shortcut: array<{four}>;"),
        );
    }
    let last = if shortcut { 4 } else { 3 };
    let value = element.of(&finished("sum", "place", shortcut, rectify));
    line(
        &mut text,
        format_args!(
            "@group(0) @binding({last}) var<storage, read_write> y: array<{four}>;\n\
             {each}\
             let count = sizes[0]; let vectors = sizes[1];\n\
             if (place >= vectors) {{ return; }}\n\
             var sum = bias[place % sizes[2]];\n\
             for (var part = 0u; part < count; part++) {{ sum += parts[part * vectors + place]; }}\n\
             y[place] = {value};\n}}"
        ),
    );
    text
}

/// Puts the channels of pictures innermost: `x` with three channels and the strides of `sizes` → `y` `[…, places]`, a
/// vector each whose fourth component is 0. `sizes`: strides of `n`, `channel`, `row`, `column`; width; places.
pub(super) fn pack_pictures(element: Element) -> String {
    let (extension, four) = (element.extension(), element.vector());
    let value =
        element.of("vec4<f32>(x[start], x[start + sizes[1]], x[start + 2u * sizes[1]], 0.0)");
    format!(
        "{extension}@group(0) @binding(0) var<storage, read> x: array<f32>;\n\
         @group(0) @binding(1) var<storage, read> sizes: array<u32>;\n\
         @group(0) @binding(2) var<storage, read_write> y: array<{four}>;\n\
         @compute @workgroup_size({WORKGROUP}, 1, 1)\n\
         fn main(@builtin(global_invocation_id) own: vec3<u32>) {{\n\
         let place = own.x; let places = sizes[5];\n\
         if (place >= places) {{ return; }}\n\
         let start = own.y * sizes[0] + place / sizes[4] * sizes[2] + place % sizes[4] * sizes[3];\n\
         y[own.y * places + place] = {value};\n}}"
    )
}

/// The largest of 3 × 3 pixels, two apart, with a border of one: `x` `[n, height, width, channels]`, `sizes` `[height, width,
/// channels, out_height, out_width, vectors]`, and the result `y` `[n, out_height, out_width, channels]` of so many
/// vectors; channels in vectors.
pub(super) fn max_pool(element: Element) -> String {
    of_one(
        element,
        element,
        "if (place >= sizes[5]) { return; }\n\
         let height = sizes[0]; let width = sizes[1]; let channels = sizes[2];\n\
         let channel = place % channels; let column = place / channels % sizes[4];\n\
         let row = place / channels / sizes[4] % sizes[3]; let n = place / channels / sizes[4] / sizes[3];\n\
         let top = 2u * row; let left = 2u * column;\n\
         var most = x[((n * height + top) * width + left) * channels + channel];\n\
         for (var dy = 0u; dy < 3u; dy++) { for (var dx = 0u; dx < 3u; dx++) {\n\
         let y0 = clamp(top + dy, 1u, height) - 1u; let x0 = clamp(left + dx, 1u, width) - 1u;\n\
         most = max(most, x[((n * height + y0) * width + x0) * channels + channel]);\n\
         } }\n\
         y[place] = most;\n",
    )
}

/// The average over places: `x` `[n, places, channels]`, `sizes` `[places, channels, vectors]`, and the result `y`
/// `[n, channels]` of so many vectors, of f32; channels in vectors.
pub(super) fn average(element: Element) -> String {
    of_one(
        element,
        Element::F32,
        "if (place >= sizes[2]) { return; }\n\
         let places = sizes[0]; let channels = sizes[1];\n\
         let start = place / channels * places * channels + place % channels;\n\
         var sum = vec4<f32>();\n\
         for (var i = 0u; i < places; i++) { sum += vec4<f32>(x[start + i * channels]); }\n\
         y[place] = sum / f32(places);\n",
    )
}

/// The classifier, a workgroup for each class and row: `x` `[n, features]` and `weights` `[classes, features]` in vectors,
/// `sizes` `[features, classes]`, `bias` `[classes]`, and the result `y` `[n, classes]`.
pub(super) fn linear() -> String {
    format!(
        "@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;\n\
         @group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;\n\
         @group(0) @binding(2) var<storage, read> sizes: array<u32>;\n\
         @group(0) @binding(3) var<storage, read> bias: array<f32>;\n\
         @group(0) @binding(4) var<storage, read_write> y: array<f32>;\n\
         var<workgroup> sums: array<f32, {WORKGROUP}>;\n\
         @compute @workgroup_size({WORKGROUP}, 1, 1)\n\
         fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) own: u32) {{\n\
         let features = sizes[0]; let class_index = group.x;\n\
         var sum = 0.0;\n\
         for (var i = own; i < features; i += {WORKGROUP}u) {{\n\
         sum += dot(weights[class_index * features + i], x[group.y * features + i]);\n}}\n\
         sums[own] = sum;\n\
         workgroupBarrier();\n\
         for (var half = {WORKGROUP}u / 2u; half > 0u; half /= 2u) {{\n\
         if (own < half) {{ sums[own] += sums[own + half]; }}\n\
         workgroupBarrier();\n}}\n\
         if (own == 0u) {{ y[group.y * sizes[1] + class_index] = sums[0] + bias[class_index]; }}\n}}"
    )
}

/// `x` `[vectors]` → `y`; `sizes` `[vectors]`.
pub(super) fn copy(element: Element) -> String {
    of_one(
        element,
        element,
        "if (place >= sizes[0]) { return; }\n\
         y[place] = x[place];\n",
    )
}

/// What a 1×1 convolution makes of one picture with one channel set to zero, in each picture of the result: `z` `[pixels,
/// outputs]`, its result with all channels; `x` `[height, width, inputs]`; `weights` `[4 · inputs, outputs]`; `channels`
/// `[n]`; `sizes` `[outputs, pixels, inputs, width, out_width, stride, vectors]`; and the result `y` `[n, pixels, outputs]` of
/// so many vectors; channels in vectors.
pub(super) fn without(element: Element, rectify: bool) -> String {
    let each = each();
    let (extension, four) = (element.extension(), element.vector());
    let value = "vec4<f32>(z[at]) - f32(x[start + channel / 4u][channel % 4u]) * vec4<f32>(weights[channel * outputs + out])";
    let value = element.of(&finished(value, "", false, rectify));
    format!(
        "{extension}@group(0) @binding(0) var<storage, read> z: array<{four}>;\n\
         @group(0) @binding(1) var<storage, read> x: array<{four}>;\n\
         @group(0) @binding(2) var<storage, read> weights: array<{four}>;\n\
         @group(0) @binding(3) var<storage, read> channels: array<u32>;\n\
         @group(0) @binding(4) var<storage, read> sizes: array<u32>;\n\
         @group(0) @binding(5) var<storage, read_write> y: array<{four}>;\n\
         {each}\
         if (place >= sizes[6]) {{ return; }}\n\
         let outputs = sizes[0]; let at = place % (outputs * sizes[1]);\n\
         let channel = channels[place / (outputs * sizes[1])];\n\
         let out = at % outputs; let pixel = at / outputs;\n\
         let start = (pixel / sizes[4] * sizes[3] + pixel % sizes[4]) * sizes[5] * sizes[2];\n\
         y[place] = {value};\n}}"
    )
}

/// A channel at a pixel of the picture: bilinear interpolation with aligned corners.
const MASK: &str = "fn node(row: u32, column: u32, channel: u32) -> f32 {\n\
     return x[(row * sizes[1] + column) * sizes[2] + channel / 4u][channel % 4u];\n}\n\
     fn mask(pixel: u32, channel: u32) -> f32 {\n\
     let tall = max(sizes[3], 2u) - 1u; let wide = max(sizes[4], 2u) - 1u;\n\
     let down = pixel / sizes[4] * (sizes[0] - 1u); let across = pixel % sizes[4] * (sizes[1] - 1u);\n\
     let row = down / tall; let column = across / wide;\n\
     let below = min(row + 1u, sizes[0] - 1u); let right = min(column + 1u, sizes[1] - 1u);\n\
     let v = f32(down % tall) / f32(tall); let u = f32(across % wide) / f32(wide);\n\
     let top = node(row, column, channel) * (1.0 - u) + node(row, right, channel) * u;\n\
     let bottom = node(below, column, channel) * (1.0 - u) + node(below, right, channel) * u;\n\
     return top * (1.0 - v) + bottom * v;\n}\n";

/// Invocations a workgroup of [`extremes`].
pub(super) const EXTREMES: usize = 256;

/// Channels that are upsampled to the picture's size, a workgroup each: the least and the largest value, the first row that
/// is not zero and the one behind the last; all rows where the least value is not zero, for then the mask has it taken
/// off. `x` `[height, width, channels]` of f32 in vectors; `channels` `[n]`; `sizes` `[height, width, channels, picture's
/// height, its width, its pixels]`; and the result `y` `[n]`.
pub(super) fn extremes() -> String {
    format!(
        "@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;\n\
         @group(0) @binding(1) var<storage, read> channels: array<u32>;\n\
         @group(0) @binding(2) var<storage, read> sizes: array<u32>;\n\
         @group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;\n\
         var<workgroup> least: array<f32, {EXTREMES}>;\n\
         var<workgroup> most: array<f32, {EXTREMES}>;\n\
         var<workgroup> first: array<u32, {EXTREMES}>;\n\
         var<workgroup> end: array<u32, {EXTREMES}>;\n\
         {MASK}\
         @compute @workgroup_size({EXTREMES}, 1, 1)\n\
         fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) own: u32) {{\n\
         let channel = channels[group.x];\n\
         var low = mask(min(own, sizes[5] - 1u), channel); var high = low;\n\
         var top = sizes[3]; var bottom = 0u;\n\
         for (var pixel = own; pixel < sizes[5]; pixel += {EXTREMES}u) {{\n\
         let value = mask(pixel, channel); low = min(low, value); high = max(high, value);\n\
         if (value != 0.0) {{ let row = pixel / sizes[4]; top = min(top, row); bottom = max(bottom, row + 1u); }}\n}}\n\
         least[own] = low; most[own] = high; first[own] = top; end[own] = bottom;\n\
         workgroupBarrier();\n\
         for (var half = {EXTREMES}u / 2u; half > 0u; half /= 2u) {{\n\
         if (own < half) {{\n\
         least[own] = min(least[own], least[own + half]); most[own] = max(most[own], most[own + half]);\n\
         first[own] = min(first[own], first[own + half]); end[own] = max(end[own], end[own + half]);\n}}\n\
         workgroupBarrier();\n}}\n\
         if (own == 0u) {{\n\
         var rows = vec2<u32>(first[0], end[0]);\n\
         if (least[0] != 0.0) {{ rows = vec2<u32>(0u, sizes[3]); }}\n\
         y[group.x] = vec4<f32>(least[0], most[0], vec2<f32>(rows));\n}}\n}}"
    )
}

/// Most steps whose rows [`rows`] finds.
pub(super) const MOST_STEPS: usize = 64;
/// Numbers of a step of [`rows`].
pub(super) const STEP: usize = 6;
/// No second input.
pub(super) const NONE: usize = u32::MAX as usize;

/// Which rows of each step's results see a row of the picture that is not zero: `range` is the result of [`extremes`];
/// `steps` `[count, 6]` have a window's side, stride and padding, the height of the result, and from which of the rows
/// they are reached, 0 being the picture's, and from which others ([`NONE`]: no others); `sizes` `[n, count]`; and the
/// result `y` `[1 + count, n]`: the first row and the one behind the last, for none the height and 0.
pub(super) fn rows() -> String {
    let each = each();
    format!(
        "@group(0) @binding(0) var<storage, read> range: array<vec4<f32>>;\n\
         @group(0) @binding(1) var<storage, read> steps: array<u32>;\n\
         @group(0) @binding(2) var<storage, read> sizes: array<u32>;\n\
         @group(0) @binding(3) var<storage, read_write> y: array<vec2<u32>>;\n\
         {each}\
         let n = sizes[0]; let count = sizes[1];\n\
         if (place >= n) {{ return; }}\n\
         var seen: array<vec2<u32>, {MOST_STEPS}>;\n\
         seen[0] = vec2<u32>(range[place].zw);\n\
         y[place] = seen[0];\n\
         for (var step = 0u; step < count; step++) {{\n\
         let at = step * {STEP}u;\n\
         let side = steps[at]; let stride = steps[at + 1u]; let padding = steps[at + 2u]; let height = steps[at + 3u];\n\
         let from_rows = seen[steps[at + 4u]]; let others = steps[at + 5u];\n\
         var reached = vec2<u32>(height, 0u);\n\
         if (from_rows.x < from_rows.y) {{\n\
         let first = (max(from_rows.x + padding + 1u, side) - side + stride - 1u) / stride;\n\
         let end = min((from_rows.y + padding - 1u) / stride + 1u, height);\n\
         if (first < end) {{ reached = vec2<u32>(first, end); }}\n}}\n\
         if (others != {NONE}u) {{\n\
         reached = vec2<u32>(min(reached.x, seen[others].x), max(reached.y, seen[others].y));\n}}\n\
         seen[step + 1u] = reached;\n\
         y[(step + 1u) * n + place] = reached;\n}}\n}}"
    )
}

/// A picture times channels that are upsampled to its size and scaled from `range` to 0–1: as [`extremes`], `range` its
/// result, `picture` `[3, pixels]`, and the result `y` `[n, pixels]`, a vector each whose fourth component is 0. `epsilon`
/// keeps a constant channel's mask finite.
pub(super) fn masked(element: Element, epsilon: f32) -> String {
    let (extension, four) = (element.extension(), element.vector());
    let value = element.of(
        "share * vec4<f32>(picture[pixel], picture[sizes[5] + pixel], picture[2u * sizes[5] + pixel], 0.0)",
    );
    format!(
        "{extension}@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;\n\
         @group(0) @binding(1) var<storage, read> channels: array<u32>;\n\
         @group(0) @binding(2) var<storage, read> sizes: array<u32>;\n\
         @group(0) @binding(3) var<storage, read> range: array<vec4<f32>>;\n\
         @group(0) @binding(4) var<storage, read> picture: array<f32>;\n\
         @group(0) @binding(5) var<storage, read_write> y: array<{four}>;\n\
         {MASK}\
         @compute @workgroup_size({WORKGROUP}, 1, 1)\n\
         fn main(@builtin(global_invocation_id) own: vec3<u32>) {{\n\
         let pixel = own.x; if (pixel >= sizes[5]) {{ return; }}\n\
         let bounds = range[own.y];\n\
         let share = (mask(pixel, channels[own.y]) - bounds.x) / (bounds.y - bounds.x + f32({epsilon:?}));\n\
         y[own.y * sizes[5] + pixel] = {value};\n}}"
    )
}
