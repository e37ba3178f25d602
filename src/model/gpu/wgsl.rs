//! The text of the kernels, in WGSL.
//!
//! A convolution is a matrix product: rows are output pixels, columns output channels, and what is summed over are the
//! entries of a patch (kernel position, input channel). Channels are innermost in memory everywhere, so four of them
//! are one `vec4` load. Each invocation keeps a rectangle of the result in registers, written out variable by
//! variable: indexed arrays would end in slow memory on many drivers.

use std::fmt::Write as _;

use super::spec::{Element, Finish, Spec, Tile, VECTOR};

/// Names of the entries of `sizes`, in order. Where a convolution is computed partly, one more follows: where its rows
/// begin.
pub(super) const SIZES: [&str; 11] = [
    "height",
    "width",
    "inputs",
    "out_height",
    "out_width",
    "outputs",
    "stride",
    "padding",
    "pixels",
    "entries",
    "share",
];

/// The convolution: `x` `[n, height, width, 4 · inputs]`, `weights` `[side, side, 4 · inputs, 4 · outputs]`, `bias`
/// `[4 · outputs]`, and where asked for `shortcut`, like the result `y` `[pixels, 4 · outputs]`, or with
/// [`Finish::Part`] `[parts, pixels, 4 · outputs]`: the sums over `share` of the `entries` each. Where it is computed
/// partly, `rows` `[…, n]` are the first row of each picture's result and the one behind the last that must be computed,
/// and `known`, of the size of one picture's result, holds the others.
pub(super) fn convolution(spec: Spec) -> String {
    let mut text = String::from(spec.element.extension());
    let (four, sum) = (spec.element.vector(), Element::F32.vector());
    let mut binding = 0;
    let mut bind = |text: &mut String, access: &str, name: &str, kind: &str| {
        line(
            text,
            format_args!(
                "@group(0) @binding({binding}) var<storage, {access}> {name}: array<{kind}>;"
            ),
        );
        binding += 1;
    };
    bind(&mut text, "read", "x", four);
    bind(&mut text, "read", "weights", four);
    bind(&mut text, "read", "sizes", "u32");
    if let Finish::Bias { shortcut, .. } = spec.finish {
        bind(&mut text, "read", "bias", sum);
        if shortcut {
            bind(&mut text, "read", "shortcut", four);
        }
    }
    if spec.partly {
        bind(&mut text, "read", "rows", "vec2<u32>");
        bind(&mut text, "read", "known", four);
    }
    let written = match spec.finish {
        Finish::Part => sum,
        Finish::Bias { .. } => four,
    };
    bind(&mut text, "read_write", "y", written);
    match spec.tile {
        Tile::Large | Tile::Deep | Tile::Small => shared(&mut text, spec),
        Tile::Direct => direct(&mut text, spec),
    }
    text
}

/// Tiles of patches and weights in shared memory.
fn shared(text: &mut String, spec: Spec) {
    let measures = spec.tile.measures();
    let [across, down] = spec.tile.workgroup();
    let (threads, depth, four) = (across * down, measures.depth, spec.element.vector());
    let (columns, own) = (measures.columns / VECTOR, measures.own_columns / VECTOR);
    let (patch_loads, weight_loads) = (
        measures.rows * depth / threads,
        depth * VECTOR * columns / threads,
    );
    line(
        text,
        format_args!(
            "var<workgroup> patches: array<{four}, {}>;",
            measures.rows * depth
        ),
    );
    line(
        text,
        format_args!(
            "var<workgroup> panel: array<{four}, {}>;",
            depth * VECTOR * columns
        ),
    );
    head(text, spec);
    line(
        text,
        format_args!("let own = local.y * {across}u + local.x;"),
    );
    line(
        text,
        format_args!(
            "let row = group.y * {}u; let column = group.x * {columns}u;",
            measures.rows
        ),
    );
    let rows = || (0..measures.own_rows).map(|m| format!("row + local.y + {}u", m * down));
    let columns_of = |n: usize| format!("column + local.x + {}u", n * across);
    if spec.partly {
        copy_known(text, spec, (0..own).map(|n| (columns_of(n), rows())));
    }
    sums(text, measures.own_rows, own);
    for load in 0..patch_loads {
        line(
            text,
            format_args!(
                "let place{load} = own + {}u; let entry{load} = place{load} % {depth}u; var nextPatch{load}: {four};",
                load * threads
            ),
        );
        position(text, load, &format!("row + place{load} / {depth}u"));
    }
    for load in 0..weight_loads {
        line(
            text,
            format_args!(
                "let spot{load} = own + {}u; let from{load} = min(column + spot{load} % {columns}u, outputs - 1u); \
                 var nextWeight{load}: {four};",
                load * threads
            ),
        );
    }
    line(
        text,
        "let first = group.z * share; let end = min(first + share, entries);",
    );
    line(text, "var step = first;\n{");
    fetch(text, spec, patch_loads, weight_loads);
    line(text, "}\nwhile (step < end) {");
    for load in 0..patch_loads {
        line(
            text,
            format_args!("patches[place{load}] = nextPatch{load};"),
        );
    }
    for load in 0..weight_loads {
        line(text, format_args!("panel[spot{load}] = nextWeight{load};"));
    }
    // What the next step needs is on its way while this one is computed.
    line(
        text,
        format_args!("step += {depth}u;\nworkgroupBarrier();\nif (step < end) {{"),
    );
    fetch(text, spec, patch_loads, weight_loads);
    line(text, "}");
    line(text, format_args!("for (var k = 0u; k < {depth}u; k++) {{"));
    for part in 0..VECTOR {
        for n in 0..own {
            line(
                text,
                format_args!(
                    "let w{part}_{n} = panel[(k * 4u + {part}u) * {columns}u + local.x + {}u];",
                    n * across
                ),
            );
        }
    }
    for m in 0..measures.own_rows {
        line(
            text,
            format_args!(
                "{{ let p = patches[(local.y + {}u) * {depth}u + k];",
                m * down
            ),
        );
        multiply(text, spec.element, m, own);
        line(text, "}");
    }
    line(text, "}\nworkgroupBarrier();\n}");
    for n in 0..own {
        write(text, spec, n, &columns_of(n), rows());
    }
    line(text, "}");
}

/// Loads an invocation's part of the patches and weights of `step` into registers.
fn fetch(text: &mut String, spec: Spec, patch_loads: usize, weight_loads: usize) {
    let columns = spec.tile.measures().columns / VECTOR;
    if spec.aligned {
        line(
            text,
            "let at = step / inputs; let channel = step - at * inputs;",
        );
    }
    for load in 0..patch_loads {
        if spec.aligned {
            let channel = format!("channel + entry{load}");
            patch(text, spec, load, "at", &channel, None);
        } else {
            line(
                text,
                format_args!(
                    "let e{load} = step + entry{load}; let at{load} = e{load} / inputs; \
                     let channel{load} = e{load} - at{load} * inputs;"
                ),
            );
            let (at, channel) = (format!("at{load}"), format!("channel{load}"));
            let inside = format!("e{load} < end");
            patch(text, spec, load, &at, &channel, Some(&inside));
        }
        line(text, format_args!("nextPatch{load} = patch{load};"));
    }
    for load in 0..weight_loads {
        line(
            text,
            format_args!(
                "nextWeight{load} = weights[min(step * 4u + spot{load} / {columns}u, entries * 4u - 1u) * outputs + from{load}];"
            ),
        );
    }
}

/// Straight from memory, through the caches.
fn direct(text: &mut String, spec: Spec) {
    let measures = spec.tile.measures();
    let [across, _] = spec.tile.workgroup();
    let (columns, own) = (measures.columns / VECTOR, measures.own_columns / VECTOR);
    head(text, spec);
    line(
        text,
        format_args!(
            "let row = group.y * {}u + local.y * {}u; let column = group.x * {columns}u + local.x;",
            measures.rows, measures.own_rows
        ),
    );
    let rows = || (0..measures.own_rows).map(|m| format!("row + {m}u"));
    let columns_of = |n: usize| format!("column + {}u", n * across);
    if spec.partly {
        copy_known(text, spec, (0..own).map(|n| (columns_of(n), rows())));
    }
    sums(text, measures.own_rows, own);
    for load in 0..measures.own_rows {
        position(text, load, &format!("row + {load}u"));
    }
    for n in 0..own {
        line(
            text,
            format_args!(
                "let column{n} = min(column + {}u, outputs - 1u);",
                n * across
            ),
        );
    }
    line(text, "var line = 0u;");
    line(
        text,
        format_args!(
            "for (var at = 0u; at < {}u; at++) {{",
            spec.side * spec.side
        ),
    );
    for load in 0..measures.own_rows {
        origin(text, spec.side, load, "at");
    }
    line(
        text,
        "for (var channel = 0u; channel < inputs; channel++) {",
    );
    for part in 0..VECTOR {
        for n in 0..own {
            line(
                text,
                format_args!("let w{part}_{n} = weights[line + {part}u * outputs + column{n}];"),
            );
        }
    }
    line(text, "line += 4u * outputs;");
    for m in 0..measures.own_rows {
        line(text, "{");
        read(text, spec, m, "channel", None);
        line(text, format_args!("let p = patch{m};"));
        multiply(text, spec.element, m, own);
        line(text, "}");
    }
    line(text, "}\n}");
    for n in 0..own {
        write(text, spec, n, &columns_of(n), rows());
    }
    line(text, "}");
}

fn head(text: &mut String, spec: Spec) {
    let [across, down] = spec.tile.workgroup();
    line(
        text,
        format_args!(
            "@compute @workgroup_size({across}, {down}, 1)\n\
             fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {{"
        ),
    );
    for (index, name) in SIZES.iter().enumerate() {
        line(text, format_args!("let {name} = sizes[{index}u];"));
    }
    if spec.partly {
        line(
            text,
            format_args!("let first_rows = sizes[{}u];", SIZES.len()),
        );
    }
}

fn sums(text: &mut String, rows: usize, columns: usize) {
    for m in 0..rows {
        for n in 0..columns {
            line(text, format_args!("var sum{m}_{n} = vec4<f32>();"));
        }
    }
}

/// Where the output pixel `pixel` starts to read. Pixels past the last compute the last one again; they are not written.
fn position(text: &mut String, load: usize, pixel: &str) {
    line(
        text,
        format_args!(
            "let pixel{load} = min({pixel}, pixels - 1u);\n\
             let left{load} = (pixel{load} % out_width) * stride;\n\
             let top{load} = (pixel{load} / out_width % out_height) * stride;\n\
             let picture{load} = pixel{load} / (out_width * out_height) * height;"
        ),
    );
}

/// The start of the input's channels under kernel position `at`, and whether it lies inside.
fn origin(text: &mut String, side: usize, load: usize, at: &str) {
    if side == 1 {
        line(
            text,
            format_args!(
                "let origin{load} = ((picture{load} + top{load}) * width + left{load}) * inputs;"
            ),
        );
        return;
    }
    // Left of the first column wraps around to a large number, so one comparison checks both ends.
    line(
        text,
        format_args!(
            "let y{load} = top{load} + {at} / {side}u - padding; let x{load} = left{load} + {at} % {side}u - padding;\n\
             let inside{load} = y{load} < height && x{load} < width;\n\
             let origin{load} = ((picture{load} + min(y{load}, height - 1u)) * width + min(x{load}, width - 1u)) * inputs;"
        ),
    );
}

fn read(text: &mut String, spec: Spec, load: usize, channel: &str, also: Option<&str>) {
    let inside = match (spec.side, also) {
        (1, None) => None,
        (1, Some(also)) => Some(also.to_owned()),
        (_, None) => Some(format!("inside{load}")),
        (_, Some(also)) => Some(format!("inside{load} && {also}")),
    };
    let value = format!("x[origin{load} + {channel}]");
    match inside {
        // Read in any case: a branch costs more than a load from the cache.
        Some(inside) => line(
            text,
            format_args!(
                "let patch{load} = select({}(), {value}, {inside});",
                spec.element.vector()
            ),
        ),
        None => line(text, format_args!("let patch{load} = {value};")),
    }
}

/// [`origin`] and [`read`] at once.
fn patch(text: &mut String, spec: Spec, load: usize, at: &str, channel: &str, also: Option<&str>) {
    origin(text, spec.side, load, at);
    read(text, spec, load, channel, also);
}

/// Adds four patch entries `p` times their weights to a row of sums.
fn multiply(text: &mut String, element: Element, row: usize, columns: usize) {
    for n in 0..columns {
        if element == Element::F16 {
            line(
                text,
                format_args!(
                    "sum{row}_{n} += vec4<f32>(p.x * w0_{n} + p.y * w1_{n} + p.z * w2_{n} + p.w * w3_{n});"
                ),
            );
            continue;
        }
        for (part, component) in ["x", "y", "z", "w"].iter().enumerate() {
            line(
                text,
                format_args!(
                    "sum{row}_{n} = fma(vec4<f32>(p.{component}), w{part}_{n}, sum{row}_{n});"
                ),
            );
        }
    }
}

/// Where a workgroup's pixels lie outside of the rows of their picture, or of two pictures that follow each other, writes
/// what is known of them and ends.
fn copy_known<Rows: Iterator<Item = String>>(
    text: &mut String,
    spec: Spec,
    columns: impl Iterator<Item = (String, Rows)>,
) {
    line(
        text,
        format_args!(
            "let begin = group.y * {}u; let finish = min(begin + {}u, pixels) - 1u; let area = out_height * out_width;\n\
             let above = begin / area; let below = finish / area;\n\
             let top = begin % area / out_width; let bottom = finish % area / out_width;\n\
             let upper = rows[first_rows + above]; let lower = rows[first_rows + below];\n\
             let alone = above == below && (bottom < upper.x || top >= upper.y);\n\
             let between = above + 1u == below && top >= upper.y && bottom < lower.x;\n\
             if (alone || between) {{",
            spec.tile.measures().rows,
            spec.tile.measures().rows
        ),
    );
    for (column, rows) in columns {
        each_result(text, &column, "", rows, |_| {
            "y[to] = known[pixel % area * outputs + out];".into()
        });
    }
    line(text, "return;\n}");
}

/// Writes a column of sums.
fn write(
    text: &mut String,
    spec: Spec,
    n: usize,
    column: &str,
    rows: impl Iterator<Item = String>,
) {
    let begin = match spec.finish {
        Finish::Bias { .. } => "let b = bias[out];",
        Finish::Part => "",
    };
    each_result(text, column, begin, rows, |m| {
        let sum = format!("sum{m}_{n}");
        match spec.finish {
            Finish::Part => format!("y[group.z * pixels * outputs + to] = {sum};"),
            Finish::Bias { shortcut, rectify } => {
                let value = finished(&format!("{sum} + b"), "to", shortcut, rectify);
                format!("y[to] = {};", spec.element.of(&value))
            }
        }
    });
}

/// A statement for each row of a column of results that is inside: vector `out` of `pixel`, `to` among all of them.
fn each_result(
    text: &mut String,
    column: &str,
    begin: &str,
    rows: impl Iterator<Item = String>,
    statement: impl Fn(usize) -> String,
) {
    line(
        text,
        format_args!("{{ let out = {column}; if (out < outputs) {{ {begin}"),
    );
    for (m, row) in rows.enumerate() {
        let statement = statement(m);
        line(
            text,
            format_args!(
                "{{ let pixel = {row}; if (pixel < pixels) {{ let to = pixel * outputs + out;\n{statement}\n}} }}"
            ),
        );
    }
    line(text, "} }");
}

pub(super) fn finished(value: &str, place: &str, shortcut: bool, rectify: bool) -> String {
    let value = match shortcut {
        true => format!("{value} + vec4<f32>(shortcut[{place}])"),
        false => value.to_owned(),
    };
    match rectify {
        true => format!("max({value}, vec4<f32>())"),
        false => value,
    }
}

pub(super) fn line(text: &mut String, what: impl std::fmt::Display) {
    writeln!(text, "{what}").expect("a string takes all text");
}
