//! A piece of a ResNet in one go: pictures in, activations out, everything between stays where it is.

use alloc::vec::Vec;

use crate::blank::{self, Blank};
use crate::conv::{Conv, Size};
use crate::places::Places;
use crate::pool::{Pool, Scratch};

/// A step of the network.
#[derive(Debug, Clone)]
pub enum Step<'a> {
    /// A convolution with ReLU, then max pooling, 3×3 with stride 2.
    Stem(&'a Conv),
    /// Convolutions with ReLU between them, plus the input (through `downsample` where the shape changes), then ReLU.
    Block {
        convs: Vec<&'a Conv>,
        downsample: Option<&'a Conv>,
    },
    /// A convolution on its own; `relu` if asked for.
    Conv { conv: &'a Conv, relu: bool },
    /// What the step before it computed is wanted.
    Emit,
}

impl Step<'_> {
    /// Size of the result for an input of `size`.
    pub fn output(&self, size: Size) -> Size {
        match self {
            Self::Stem(conv) => pooled(conv.output(size)),
            Self::Block { convs, .. } => convs.iter().fold(size, |size, conv| conv.output(size)),
            Self::Conv { conv, .. } => conv.output(size),
            Self::Emit => size,
        }
    }

    /// Floats of the largest of the buffers between.
    fn largest(&self, size: Size) -> usize {
        match self {
            Self::Stem(conv) => floats(conv.output(size)),
            Self::Block { convs, downsample } => {
                let mut at = size;
                let between = convs.iter().map(|conv| {
                    at = conv.output(at);
                    floats(at)
                });
                let between = between.max().unwrap_or(0);
                between.max(downsample.map_or(0, |conv| floats(conv.output(size))))
            }
            Self::Conv { .. } | Self::Emit => 0,
        }
    }
}

/// Memory that is kept from one run to the next.
#[derive(Debug, Default)]
pub struct Workspace {
    scratch: Scratch,
    /// Activations between the steps, and inside one.
    steps: [Vec<f32>; 2],
    inside: [Vec<f32>; 3],
    /// What is known of pictures that are zero in large parts.
    blank: Option<Blank>,
    rows: [Vec<f32>; 3],
}

/// Floats that all pictures of a step's group may take in one buffer: more would leave the third cache level.
const GROUP_FLOATS: usize = 2 << 20;

/// Runs `steps` on `x`, `size`, channels first, `[n, channels, height, width]`. Each [`Step::Emit`] hands activations
/// to `emit`, channels first too, with their size.
///
/// # Panics
/// If the sizes do not fit each other.
pub fn run(
    pool: &dyn Pool,
    workspace: &mut Workspace,
    steps: &[Step<'_>],
    (x, [n, channels, height, width]): (&[f32], [usize; 4]),
    emit: &mut dyn FnMut(Vec<f32>, [usize; 4]),
) {
    let Workspace {
        scratch,
        steps: [from, to],
        inside,
        blank,
        rows,
    } = workspace;
    let mut size = [n, height, width, channels];
    grow(from, floats(size));
    swap_axes(x, from, [n, channels, height * width]);
    let mut left = steps;
    let picture = [1, height, width, channels];
    let leading = blank::leading(steps, picture);
    let filled: Vec<_> = x
        .chunks_exact(floats(picture).max(1))
        .map(|x| blank::filled(x, picture))
        .collect();
    if leading > 0 && filled.iter().any(Option::is_some) {
        let (first, rest) = steps.split_at(leading);
        size = by_parts(
            pool,
            scratch,
            (inside, blank, rows),
            first,
            (from, picture, filled),
            to,
        );
        core::mem::swap(from, to);
        left = rest;
    }
    while let Some(step) = left.first() {
        if let Step::Emit = step {
            let [n, height, width, channels] = size;
            let mut result = alloc::vec![0.0; floats(size)];
            swap_axes(from, &mut result, [n, height * width, channels]);
            emit(result, [n, channels, height, width]);
            left = &left[1..];
            continue;
        }
        let (group, rest) = left.split_at(group(left, size));
        left = rest;
        let one = |[_, height, width, channels]: Size| [1, height, width, channels];
        let output = group.iter().fold(size, |size, step| step.output(size));
        grow(to, floats(output));
        let each = pictures(largest(group, one(size)));
        let whole = from[..floats(size)].chunks(each * floats(one(size)));
        let results = to[..floats(output)].chunks_mut(each * floats(one(output)));
        for (x, result) in whole.zip(results) {
            let mut size = size;
            size[0] = x.len() / floats(one(size));
            run_group(pool, scratch, inside, group, (x, size), result);
        }
        core::mem::swap(from, to);
        size = output;
    }
}

/// Runs the first steps on pictures, each of size `one`, some of which are zero but for a few places. Returns the results'
/// size.
fn by_parts(
    pool: &dyn Pool,
    scratch: &mut Scratch,
    (inside, blank, rows): (&mut [Vec<f32>; 3], &mut Option<Blank>, &mut [Vec<f32>; 3]),
    steps: &[Step<'_>],
    (x, one, filled): (&[f32], Size, Vec<Option<Places>>),
    to: &mut Vec<f32>,
) -> Size {
    let size = |steps: &[Step<'_>]| steps.iter().fold(one, |size, step| step.output(size));
    let output = size(steps);
    let n = filled.len();
    grow(to, n * floats(output));
    let blank = match blank.take() {
        Some(known) if known.fits(steps, one) => blank.insert(known),
        _ => blank.insert(Blank::new((pool, scratch), steps, one)),
    };
    let pictures = x
        .chunks_exact(floats(one))
        .zip(to.chunks_exact_mut(floats(output)));
    for ((x, result), places) in pictures.zip(filled) {
        let Some(places) = places else {
            run_group(pool, scratch, inside, steps, (x, one), result);
            continue;
        };
        let done = blank.run((pool, scratch), inside, rows, steps, (x, one, places));
        let (done, open) = steps.split_at(done);
        let found = &rows[2][..floats(size(done))];
        if open.is_empty() {
            result.copy_from_slice(found);
        } else {
            run_group(pool, scratch, inside, open, (found, size(done)), result);
        }
    }
    [n, output[1], output[2], output[3]]
}

/// How many of the next steps are run together, on as many pictures as [`pictures`] allows: those that have about the
/// same size.
fn group(steps: &[Step<'_>], [_, height, width, channels]: Size) -> usize {
    let mut size = [1, height, width, channels];
    let mut each = None;
    for (index, step) in steps.iter().enumerate() {
        let count = pictures(step.largest(size).max(floats(size)));
        if matches!(step, Step::Emit) || each.is_some_and(|each| each != count) {
            return index;
        }
        each = Some(count);
        size = step.output(size);
    }
    steps.len()
}

/// The largest buffer of a group of steps, for an input of `size`.
fn largest(group: &[Step<'_>], mut size: Size) -> usize {
    let mut most = floats(size);
    for step in group {
        most = most.max(step.largest(size));
        size = step.output(size);
        most = most.max(floats(size));
    }
    most
}

fn pictures(floats: usize) -> usize {
    (GROUP_FLOATS / floats.max(1)).max(1)
}

fn run_group(
    pool: &dyn Pool,
    scratch: &mut Scratch,
    inside: &mut [Vec<f32>; 3],
    group: &[Step<'_>],
    (x, mut size): (&[f32], Size),
    result: &mut [f32],
) {
    let most = largest(group, size);
    let mut between = [Vec::new(), Vec::new()];
    let (last, first) = group.split_last().expect("a group has steps");
    for (index, step) in first.iter().enumerate() {
        let output = step.output(size);
        let [done, free] = &mut between;
        grow(free, most);
        let x = if index == 0 { x } else { &done[..floats(size)] };
        run_step(
            pool,
            scratch,
            inside,
            step,
            (x, size),
            &mut free[..floats(output)],
        );
        between.swap(0, 1);
        size = output;
    }
    let x = if first.is_empty() {
        x
    } else {
        &between[0][..floats(size)]
    };
    run_step(pool, scratch, inside, last, (x, size), result);
}

pub fn run_step(
    pool: &dyn Pool,
    scratch: &mut Scratch,
    [a, b, shortcut]: &mut [Vec<f32>; 3],
    step: &Step<'_>,
    (x, size): (&[f32], Size),
    result: &mut [f32],
) {
    match step {
        Step::Stem(conv) => {
            let output = conv.output(size);
            grow(a, floats(output));
            let wide = &mut a[..floats(output)];
            conv.run((pool, scratch), (x, size), None, true, wide);
            max_pool(pool, scratch, wide, output, result);
        }
        Step::Block { convs, downsample } => {
            let residual = match downsample {
                Some(conv) => {
                    let count = floats(conv.output(size));
                    grow(shortcut, count);
                    let shortcut = &mut shortcut[..count];
                    conv.run((pool, scratch), (x, size), None, false, shortcut);
                    &*shortcut
                }
                None => x,
            };
            let (last, first) = convs.split_last().expect("a block has convolutions");
            let mut at = size;
            for (index, conv) in first.iter().enumerate() {
                let output = conv.output(at);
                grow(b, floats(output));
                let x = if index == 0 { x } else { &a[..floats(at)] };
                conv.run(
                    (pool, scratch),
                    (x, at),
                    None,
                    true,
                    &mut b[..floats(output)],
                );
                core::mem::swap(a, b);
                at = output;
            }
            let x = if first.is_empty() {
                x
            } else {
                &a[..floats(at)]
            };
            last.run((pool, scratch), (x, at), Some(residual), true, result);
        }
        Step::Conv { conv, relu } => conv.run((pool, scratch), (x, size), None, *relu, result),
        Step::Emit => unreachable!("emits are no part of a group"),
    }
}

/// Size after max pooling.
pub fn pooled([n, height, width, channels]: Size) -> Size {
    [n, height.div_ceil(2), width.div_ceil(2), channels]
}

/// Max pooling, 3×3 with stride 2 and padding 1, line by line.
pub fn max_pool(pool: &dyn Pool, scratch: &mut Scratch, x: &[f32], size: Size, result: &mut [f32]) {
    let [n, height, width, channels] = size;
    let [_, out_height, out_width, _] = pooled(size);
    let line = out_width * channels;
    let to = crate::pool::Shared(result.as_mut_ptr());
    assert_eq!(result.len(), n * out_height * line, "the result fits");
    crate::pool::share(pool, (scratch, 0), n * out_height, &|row, _| {
        // SAFETY: each task has a line of its own.
        let result = unsafe { core::slice::from_raw_parts_mut(to.at(row * line), line) };
        let (picture, oy) = (row / out_height, row % out_height);
        let first = picture * height * width;
        for (ox, result) in result.chunks_exact_mut(channels).enumerate() {
            largest_of([oy, ox], [height, width], result, |pixel| {
                &x[(first + pixel) * channels..][..channels]
            });
        }
    });
}

/// One output of max pooling, of which `row` gives the inputs' channels, pixel by pixel.
pub fn largest_of<'a>(
    [oy, ox]: [usize; 2],
    [height, width]: [usize; 2],
    result: &mut [f32],
    row: impl Fn(usize) -> &'a [f32],
) {
    result.fill(f32::NEG_INFINITY);
    for y in (2 * oy).saturating_sub(1)..height.min(2 * oy + 2) {
        for x in (2 * ox).saturating_sub(1)..width.min(2 * ox + 2) {
            for (to, &value) in result.iter_mut().zip(row(y * width + x)) {
                *to = if value > *to { value } else { *to };
            }
        }
    }
}

pub fn floats(size: Size) -> usize {
    size.iter().product()
}

pub fn grow(buffer: &mut Vec<f32>, floats: usize) {
    if buffer.len() < floats {
        buffer.resize(floats, 0.0);
    }
}

/// `[n, rows, columns]` → `[n, columns, rows]`
pub fn swap_axes(from: &[f32], to: &mut [f32], [n, rows, columns]: [usize; 3]) {
    /// A square of this side is read and written in whole cache lines.
    const SIDE: usize = 16;
    let area = rows * columns;
    for picture in 0..n {
        let (from, to) = (
            &from[picture * area..][..area],
            &mut to[picture * area..][..area],
        );
        for top in (0..rows).step_by(SIDE) {
            for left in (0..columns).step_by(SIDE) {
                for column in left..columns.min(left + SIDE) {
                    for row in top..rows.min(top + SIDE) {
                        to[column * rows + row] = from[row * columns + column];
                    }
                }
            }
        }
    }
}
