//! The text of the simple kernels, in WGSL: those that take one vector, or one sum, each. Channels are innermost in memory,
//! as in [`super::wgsl`].

use super::wgsl::{Element, finished, line};

/// Invocations a workgroup of the kernels that take one vector each.
pub const WORKGROUP: usize = 64;

/// Puts the parts of a convolution together: `parts` `[count, vectors]`, `sizes` `[count, vectors, outputs]`, `bias`
/// `[outputs]`, where asked for `shortcut`, and the result `y` `[vectors]`, all in vectors.
pub fn add_parts(element: Element, shortcut: bool, rectify: bool) -> String {
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
             @compute @workgroup_size({WORKGROUP}, 1, 1)\n\
             fn main(@builtin(global_invocation_id) own: vec3<u32>) {{\n\
             let place = own.x; let count = sizes[0]; let vectors = sizes[1];\n\
             if (place >= vectors) {{ return; }}\n\
             var sum = bias[place % sizes[2]];\n\
             for (var part = 0u; part < count; part++) {{ sum += parts[part * vectors + place]; }}\n\
             y[place] = {value};\n}}"
        ),
    );
    text
}

/// Puts the channels of a picture innermost: `x` with three channels and the strides of `sizes` → `y` `[n, places]`,
/// a vector each whose fourth component is 0. `sizes`: strides of `n`, `channel`, `row`, `column`; width; places.
pub fn pack_picture(element: Element) -> String {
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
pub fn max_pool(element: Element) -> String {
    let (extension, four) = (element.extension(), element.vector());
    format!(
        "{extension}@group(0) @binding(0) var<storage, read> x: array<{four}>;\n\
         @group(0) @binding(1) var<storage, read> sizes: array<u32>;\n\
         @group(0) @binding(2) var<storage, read_write> y: array<{four}>;\n\
         @compute @workgroup_size({WORKGROUP}, 1, 1)\n\
         fn main(@builtin(global_invocation_id) own: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {{\n\
         let place = own.y * groups.x * {WORKGROUP}u + own.x;\n\
         if (place >= sizes[5]) {{ return; }}\n\
         let height = sizes[0]; let width = sizes[1]; let channels = sizes[2];\n\
         let channel = place % channels; let column = place / channels % sizes[4];\n\
         let row = place / channels / sizes[4] % sizes[3]; let n = place / channels / sizes[4] / sizes[3];\n\
         let top = 2u * row; let left = 2u * column;\n\
         var most = x[((n * height + top) * width + left) * channels + channel];\n\
         for (var dy = 0u; dy < 3u; dy++) {{ for (var dx = 0u; dx < 3u; dx++) {{\n\
         let y0 = clamp(top + dy, 1u, height) - 1u; let x0 = clamp(left + dx, 1u, width) - 1u;\n\
         most = max(most, x[((n * height + y0) * width + x0) * channels + channel]);\n\
         }} }}\n\
         y[place] = most;\n}}"
    )
}

/// The average over places: `x` `[n, places, channels]`, `sizes` `[places, channels, vectors]`, and the result `y`
/// `[n, channels]` of so many vectors, of f32; channels in vectors.
pub fn average(element: Element) -> String {
    let (extension, four) = (element.extension(), element.vector());
    format!(
        "{extension}@group(0) @binding(0) var<storage, read> x: array<{four}>;\n\
         @group(0) @binding(1) var<storage, read> sizes: array<u32>;\n\
         @group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;\n\
         @compute @workgroup_size({WORKGROUP}, 1, 1)\n\
         fn main(@builtin(global_invocation_id) own: vec3<u32>) {{\n\
         if (own.x >= sizes[2]) {{ return; }}\n\
         let places = sizes[0]; let channels = sizes[1];\n\
         let start = own.x / channels * places * channels + own.x % channels;\n\
         var sum = vec4<f32>();\n\
         for (var place = 0u; place < places; place++) {{ sum += vec4<f32>(x[start + place * channels]); }}\n\
         y[own.x] = sum / f32(places);\n}}"
    )
}

/// The classifier, a workgroup for each class and row: `x` `[n, features]` and `weights` `[classes, features]` in vectors,
/// `sizes` `[features, classes]`, `bias` `[classes]`, and the result `y` `[n, classes]`.
pub fn linear() -> String {
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
