//! Pictures that are zero in large parts, such as those that ScoreCAM shows the network: where a unit sees nothing but
//! zeros, it says what it says of a picture of zeros, and that is the same for all of them.
//!
//! So the network's first steps, whose units see little of a picture, are computed once for a picture of zeros; of each
//! other only the pixels are computed that see something else. Nothing is left out but what is known. In a tile of
//! Winograd's transform that both kinds of pixels share, whole passes round those that see only zeros differently.

use alloc::rc::Rc;
use alloc::vec::Vec;

use crate::conv::{Conv, Input, Parts, Size};
use crate::network::{Step, floats, grow, largest_of, max_pool, pooled};
use crate::places::{Places, Window};
use crate::pool::{Pool, Scratch, Shared, Single, share};

/// Of a picture that is worth it, at most this share of the pixels is not zero.
const MOST_FILLED: f32 = 0.8;
/// Up to this share of a step's input pixels it is computed by parts.
const MOST_PARTS: f32 = 0.95;
/// The first steps: those whose results have at least so many pixels to each side for every 64 of the picture's. Behind them
/// nearly every unit sees some of the rest.
const LEAST_DETAIL: usize = 8;
/// Max pooling's window.
const POOL: Window = (3, 2, 1);
/// Pixels that a lane pools at a time.
const ROWS: usize = 64;

/// What the first steps make of a picture of zeros.
#[derive(Debug)]
pub struct Blank {
    /// The convolutions, and the size of the picture.
    key: (Vec<usize>, Size),
    /// All zero.
    picture: Vec<f32>,
    steps: Vec<BlankStep>,
}

/// A step's results.
#[derive(Debug, Default)]
struct BlankStep {
    /// Of the convolutions but the last; for a stem, of the convolution. Left empty where the next one reads none of it.
    inside: Vec<Vec<f32>>,
    /// Of the projection.
    shortcut: Vec<f32>,
    output: Vec<f32>,
}

/// A picture by parts: the places that see something, and a row for each.
struct Seen {
    places: Rc<Places>,
    channels: usize,
    /// The rows, at its beginning.
    buffer: Vec<f32>,
}

/// How many of the first steps can be computed by parts, for pictures of `size`.
pub fn leading(steps: &[Step<'_>], size: Size) -> usize {
    let mut at = size;
    let fine = steps.iter().take_while(|step| {
        at = step.output(at);
        !matches!(step, Step::Emit | Step::Conv { .. })
            && at[1] * 64 >= size[1] * LEAST_DETAIL
            && at[2] * 64 >= size[2] * LEAST_DETAIL
    });
    fine.count()
}

/// Where a picture, `[channels, height, width]`, is not zero; None if that is nearly everywhere.
pub fn filled(x: &[f32], [_, height, width, channels]: Size) -> Option<Places> {
    let area = height * width;
    let places = Places::new([height, width], |pixel| {
        (0..channels).any(|channel| x[channel * area + pixel] != 0.0)
    });
    (places.share() <= MOST_FILLED).then_some(places)
}

impl Blank {
    /// What is kept, if it is of these steps and of that size.
    pub fn fits(&self, steps: &[Step<'_>], size: Size) -> bool {
        self.key.1 == size && convs(steps).map(Conv::id).eq(self.key.0.iter().copied())
    }

    /// Runs `steps` on zeros. `size` is of one picture.
    pub fn new(threads: (&dyn Pool, &mut Scratch), steps: &[Step<'_>], size: Size) -> Self {
        let (pool, scratch) = threads;
        let picture = alloc::vec![0.0; floats(size)];
        let mut run = |conv: &Conv, x: (&[f32], Size), shortcut: Option<&[f32]>, relu: bool| {
            let mut result = alloc::vec![0.0; floats(conv.output(x.1))];
            conv.run((pool, &mut *scratch), x, shortcut, relu, &mut result);
            result
        };
        let mut done: Vec<BlankStep> = Vec::new();
        let mut at = size;
        for step in steps {
            let x = done.last().map_or(&picture, |step| &step.output);
            let mut own = BlankStep::default();
            match step {
                Step::Stem(conv) => {
                    let wide = run(conv, (x, at), None, true);
                    own.output = alloc::vec![0.0; floats(step.output(at))];
                    max_pool(
                        &Single,
                        &mut Scratch::default(),
                        &wide,
                        conv.output(at),
                        &mut own.output,
                    );
                    own.inside.push(wide);
                }
                Step::Block { convs, downsample } => {
                    if let Some(conv) = downsample {
                        own.shortcut = run(conv, (x, at), None, false);
                    }
                    let (last, first) = convs.split_last().expect("a block has convolutions");
                    let mut inner = at;
                    for conv in first {
                        let x = own.inside.last().unwrap_or(x);
                        let result = run(conv, (x, inner), None, true);
                        own.inside.push(result);
                        inner = conv.output(inner);
                    }
                    let shortcut = if downsample.is_some() {
                        &own.shortcut
                    } else {
                        x
                    };
                    let x = own.inside.last().unwrap_or(x);
                    own.output = run(last, (x, inner), Some(shortcut), true);
                    for (conv, unread) in convs[1..].iter().zip(&mut own.inside) {
                        if conv.reads_as_it_lies() {
                            *unread = Vec::new();
                        }
                    }
                }
                Step::Conv { .. } | Step::Emit => {
                    unreachable!("they are not among the first steps")
                }
            }
            at = step.output(at);
            done.push(own);
        }
        Self {
            key: (convs(steps).map(Conv::id).collect(), size),
            picture,
            steps: done,
        }
    }

    /// Runs the steps on a picture, `[height, width, channels]`, that is zero but for `places`, as far as that is worth it:
    /// up to a step that would compute nearly all. Returns how many are done; what they make of the picture then begins the
    /// last of the buffers `rows`.
    pub fn run(
        &self,
        (pool, scratch): (&dyn Pool, &mut Scratch),
        inside: &mut [Vec<f32>; 3],
        [first, second, whole]: &mut [Vec<f32>; 3],
        steps: &[Step<'_>],
        (x, mut size, places): (&[f32], Size, Places),
    ) -> usize {
        let mut seen = Seen {
            places: Rc::new(places),
            channels: size[3],
            buffer: core::mem::take(first),
        };
        let rows = grown(&mut seen.buffer, seen.places.count() * size[3]).chunks_exact_mut(size[3]);
        for (row, &pixel) in rows.zip(seen.places.pixels()) {
            row.copy_from_slice(&x[pixel as usize * size[3]..][..size[3]]);
        }
        let mut free = core::mem::take(second);
        let mut others = &self.picture;
        let mut done = 0;
        for (step, blank) in steps.iter().zip(&self.steps) {
            if seen.places.share() > MOST_PARTS {
                break;
            }
            let threads = (pool, &mut *scratch);
            let next = match step {
                Step::Stem(conv) => {
                    // Whole lines of it are read faster than single pixels.
                    let input = match done {
                        0 => Input::Whole(x),
                        _ => seen.within(others),
                    };
                    let x = (&seen.places, input, size);
                    stem(threads, inside, conv, x, (blank, free))
                }
                Step::Block { convs, downsample } => {
                    let x = (&seen, &**others, size);
                    block(threads, inside, (convs, *downsample), x, (blank, free))
                }
                Step::Conv { .. } | Step::Emit => unreachable!("they are not among the first"),
            };
            free = core::mem::replace(&mut seen, next).buffer;
            size = step.output(size);
            others = &blank.output;
            done += 1;
        }
        let whole = grown(whole, others.len());
        whole.copy_from_slice(others);
        for (row, &pixel) in seen
            .values()
            .chunks_exact(size[3])
            .zip(seen.places.pixels())
        {
            whole[pixel as usize * size[3]..][..size[3]].copy_from_slice(row);
        }
        (*first, *second) = (seen.buffer, free);
        done
    }
}

impl Seen {
    fn parts<'a>(&'a self, others: &'a [f32]) -> Parts<'a> {
        Parts {
            places: &self.places,
            values: self.values(),
            others,
        }
    }

    fn values(&self) -> &[f32] {
        &self.buffer[..self.places.count() * self.channels]
    }

    fn within<'a>(&'a self, others: &'a [f32]) -> Input<'a> {
        Input::Parts(self.parts(others))
    }
}

fn stem(
    (pool, scratch): (&dyn Pool, &mut Scratch),
    [wide, ..]: &mut [Vec<f32>; 3],
    conv: &Conv,
    (places, x, size): (&Rc<Places>, Input<'_>, Size),
    (blank, mut buffer): (&BlankStep, Vec<f32>),
) -> Seen {
    let output @ [_, height, width, channels] = conv.output(size);
    let reached = reach(places, output, conv);
    let values = grown(wide, reached.count() * channels);
    conv.run_at(
        (pool, &mut *scratch),
        &reached,
        (x, size),
        None,
        true,
        values,
    );
    let wide = Parts {
        places: &reached,
        values,
        others: &blank.inside[0],
    };
    let [_, down, across, _] = pooled(output);
    let places = Rc::new(reached.reached([down, across], POOL));
    let values = grown(&mut buffer, places.count() * channels);
    let line = channels * ROWS;
    let pixels = places.pixels();
    let to = Shared(values.as_mut_ptr());
    share(
        pool,
        (scratch, 0),
        pixels.len().div_ceil(ROWS),
        &|task, _| {
            let pixels = &pixels[task * ROWS..];
            let pixels = &pixels[..pixels.len().min(ROWS)];
            for (row, &pixel) in pixels.iter().enumerate() {
                // SAFETY: each row is one task's.
                let result = unsafe {
                    core::slice::from_raw_parts_mut(to.at(task * line + row * channels), channels)
                };
                let place = [pixel as usize / across, pixel as usize % across];
                largest_of(place, [height, width], result, |pixel| {
                    wide.row(pixel, channels)
                });
            }
        },
    );
    Seen {
        places,
        channels,
        buffer,
    }
}

fn block(
    (pool, scratch): (&dyn Pool, &mut Scratch),
    [a, b, shortcut]: &mut [Vec<f32>; 3],
    (convs, downsample): (&[&Conv], Option<&Conv>),
    (x, others, size): (&Seen, &[f32], Size),
    (blank, mut buffer): (&BlankStep, Vec<f32>),
) -> Seen {
    let (last, first) = convs.split_last().expect("a block has convolutions");
    let mut at = size;
    let mut places = x.places.clone();
    for (nth, conv) in first.iter().enumerate() {
        let output = conv.output(at);
        let reached = reach(&places, output, conv);
        let input = match nth {
            0 => x.within(others),
            _ => between(&places, a, at, &blank.inside[nth - 1]),
        };
        let result = grown(b, reached.count() * output[3]);
        conv.run_at(
            (pool, &mut *scratch),
            &reached,
            (input, at),
            None,
            true,
            result,
        );
        core::mem::swap(a, b);
        (places, at) = (reached, output);
    }
    let output @ [.., channels] = last.output(at);
    let wanted = reach(&places, output, last);
    let count = wanted.count() * channels;
    let added = grown(shortcut, count);
    match downsample {
        Some(conv) => {
            let reached = reach(&x.places, output, conv);
            let values = grown(b, reached.count() * channels);
            let x = (x.within(others), size);
            conv.run_at((pool, &mut *scratch), &reached, x, None, false, values);
            let projected = Parts {
                places: &reached,
                values,
                others: &blank.shortcut,
            };
            projected.fill(&wanted, channels, added);
        }
        None => x.parts(others).fill(&wanted, channels, added),
    }
    let input = match first.len() {
        0 => x.within(others),
        nth => between(&places, a, at, &blank.inside[nth - 1]),
    };
    let values = grown(&mut buffer, count);
    last.run_at(
        (pool, scratch),
        &wanted,
        (input, at),
        Some(added),
        true,
        values,
    );
    Seen {
        places: wanted,
        channels,
        buffer,
    }
}

/// What a convolution inside a block reads: the rows at the beginning of a buffer.
fn between<'a>(
    places: &'a Places,
    buffer: &'a [f32],
    [.., channels]: Size,
    others: &'a [f32],
) -> Input<'a> {
    Input::Parts(Parts {
        places,
        values: &buffer[..places.count() * channels],
        others,
    })
}

/// The outputs that see one of the places.
fn reach(places: &Rc<Places>, [_, height, width, _]: Size, conv: &Conv) -> Rc<Places> {
    if conv.reads_as_it_lies() {
        return places.clone();
    }
    Rc::new(places.reached([height, width], conv.window()))
}

fn grown(buffer: &mut Vec<f32>, floats: usize) -> &mut [f32] {
    grow(buffer, floats);
    &mut buffer[..floats]
}

fn convs<'a>(steps: &'a [Step<'_>]) -> impl Iterator<Item = &'a Conv> {
    steps.iter().flat_map(|step| {
        let (convs, more) = match step {
            Step::Stem(conv) | Step::Conv { conv, .. } => (core::slice::from_ref(conv), &None),
            Step::Block { convs, downsample } => (&convs[..], downsample),
            Step::Emit => (&[][..], &None),
        };
        convs.iter().chain(more).copied()
    })
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;
    use crate::isa::Level;
    use crate::network::{Workspace, run};
    use crate::testing::{Lanes, numbers};

    fn conv(shape: [usize; 4], how: (usize, usize)) -> Conv {
        let [out, kh, kw, input] = shape;
        let count = shape.iter().product();
        // About as large as trained ones, so that activations neither vanish nor explode.
        let scale = (2.0 / (kh * kw * input) as f32).sqrt();
        let weights: Vec<_> = numbers(count, out + input)
            .iter()
            .map(|w| scale * w)
            .collect();
        Conv::new(&weights, shape, &numbers(out, 3), how, Level::best())
    }

    /// The convolutions of three blocks, the second with a stride in its convolution `at`, and their projections.
    fn blocks(at: usize, sides: &[usize], widths: &[usize]) -> Vec<(Vec<Conv>, Option<Conv>)> {
        let wide = widths[widths.len() - 1];
        let mut input = 8;
        let mut block = |stride: usize| {
            let mut from = input;
            let convs = sides
                .iter()
                .zip(widths)
                .enumerate()
                .map(|(nth, (&side, &width))| {
                    let stride = if nth == at { stride } else { 1 };
                    let conv = conv([width, side, side, from], (stride, side / 2));
                    from = width;
                    conv
                });
            let convs = convs.collect();
            let projection =
                (input != wide || stride > 1).then(|| conv([wide, 1, 1, input], (stride, 0)));
            input = wide;
            (convs, projection)
        };
        vec![block(1), block(2), block(1)]
    }

    /// Pictures that are zero but for a spot, everywhere, nearly nowhere and nowhere, through bottlenecks of both
    /// variants and through basic blocks, alone and together.
    #[test]
    fn parts_are_what_whole_passes_compute() {
        let [height, width] = [61, 75];
        let area = height * width;
        let shows: [&dyn Fn(usize, usize) -> bool; 5] = [
            &|y, x| (20..31).contains(&y) && (40..47).contains(&x),
            &|_, _| false,
            &|y, x| y < 60 && x > 16,
            &|_, _| true,
            &|y, x| (y, x) == (60, 74) || (y, x) == (0, 0),
        ];
        let mut pictures = vec![];
        for (seed, shows) in shows.iter().enumerate() {
            let values = numbers(3 * area, seed).into_iter().enumerate();
            pictures.extend(values.map(|(i, value)| {
                let pixel = i % area;
                if shows(pixel / width, pixel % width) {
                    value + 2.0
                } else {
                    0.0
                }
            }));
        }
        let wide = conv([8, 7, 7, 3], (2, 3));
        for blocks in [
            blocks(0, &[1, 3, 1], &[6, 6, 20]),
            blocks(1, &[1, 3, 1], &[130, 130, 24]),
            blocks(0, &[3, 3], &[12, 12]),
        ] {
            let mut steps = vec![Step::Stem(&wide)];
            steps.extend(blocks.iter().map(|(convs, downsample)| Step::Block {
                convs: convs.iter().collect(),
                downsample: downsample.as_ref(),
            }));
            let one = [1, height, width, 3];
            assert_eq!(leading(&steps, one), 4);
            steps.push(Step::Emit);
            let mut workspace = Workspace::default();
            let mut go = |x: &[f32]| {
                let size = [x.len() / (3 * area), 3, height, width];
                let mut found = vec![];
                run(
                    &Lanes,
                    &mut workspace,
                    &steps,
                    (x, size),
                    &mut |values, _| found = values,
                );
                found
            };
            let together = go(&pictures);
            let alone: Vec<f32> = pictures.chunks(3 * area).flat_map(go).collect();
            assert_eq!(together, alone);
            let output = steps.iter().fold(one, |size, step| step.output(size));
            for (x, found) in pictures.chunks(3 * area).zip(alone.chunks(floats(output))) {
                let mut at = one;
                let mut whole = vec![0.0; 3 * area];
                crate::network::swap_axes(x, &mut whole, [1, 3, area]);
                for step in &steps[..4] {
                    let mut result = vec![0.0; floats(step.output(at))];
                    let inside = &mut Default::default();
                    let scratch = &mut Scratch::default();
                    crate::network::run_step(
                        &Single,
                        scratch,
                        inside,
                        step,
                        (&whole, at),
                        &mut result,
                    );
                    (whole, at) = (result, step.output(at));
                }
                let mut plain = vec![0.0; whole.len()];
                crate::network::swap_axes(&whole, &mut plain, [1, at[1] * at[2], at[3]]);
                let most = plain
                    .iter()
                    .fold(0.0, |most: f32, value| most.max(value.abs()));
                let off = plain
                    .iter()
                    .zip(found)
                    .map(|(a, b)| (a - b).abs())
                    .fold(0.0, f32::max);
                assert!(most > 0.1 && off < 1e-5 * most, "off by {off} of {most}");
            }
        }
    }

    #[test]
    fn what_is_known_belongs_to_one_network_and_size() {
        let [first, second] = [(); 2].map(|()| conv([4, 3, 3, 3], (1, 1)));
        let steps = |conv| [Step::Stem(conv)];
        let size = [1, 32, 32, 3];
        let blank = Blank::new((&Single, &mut Scratch::default()), &steps(&first), size);
        let same = first.clone();
        assert!(blank.fits(&steps(&first), size) && blank.fits(&steps(&same), size));
        assert!(!blank.fits(&steps(&second), size) && !blank.fits(&steps(&first), [1, 32, 31, 3]));
    }
}
