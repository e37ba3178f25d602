//! A small fuzzer for readers of untrusted files. It needs no nightly compiler and no instrumentation, so that it
//! runs wherever the tests do, and it is seeded, so that a run can be repeated.
//!
//! An input is made from known ones by [`mutate`], put right where a format has checksums (`repair`), and given to
//! the reader. Without instrumentation the reader's answer serves as the guide: an input that draws an answer of a
//! new kind, or an amount of memory of a new order, joins those that are mutated.
//!
//! A reader fails by a panic, by taking longer than [`Limits::seconds`], or by holding more memory at once than
//! [`Limits::bytes`]. The input is then written to `target/camscope/fuzz/`; the fixed bug keeps it, made small, in
//! `tests/fixtures/fuzz/NAME/`, whose files each run tries first.

pub mod memory;
pub mod mutate;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use fastrand::Rng;

/// How many inputs a campaign tries.
pub const RUNS: &str = "CAMSCOPE_FUZZ_RUNS";
/// Where its random numbers start.
pub const SEED: &str = "CAMSCOPE_FUZZ_SEED";

/// What a reader may use for one input.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Memory held at once, in bytes.
    pub bytes: usize,
    /// Time. Far above what any input needs, since machines differ: it is there to end endless loops.
    pub seconds: u64,
    /// Longest input, in bytes.
    pub input: usize,
}

/// One reader and what to feed it.
pub struct Campaign<'a> {
    /// Also the folder of its regression inputs.
    pub name: &'a str,
    /// Inputs to start from.
    pub seeds: Vec<Vec<u8>>,
    /// Pieces that the format is made of.
    pub tokens: Vec<Vec<u8>>,
    /// Makes checksums and lengths fit again, so that the reader gets past them.
    pub repair: fn(&mut [u8]),
    pub limits: Limits,
}

/// What a campaign did.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    pub runs: usize,
    /// Inputs with an answer of a new kind.
    pub kinds: usize,
    /// Most memory that one input held, in bytes.
    pub peak: usize,
    pub slowest: Duration,
    pub took: Duration,
}

/// Inputs of a new kind that are kept; the oldest of them make room.
const MAX_POOL: usize = 4096;

/// Inputs that take more memory than this, in bytes, are tried but not bred from: they take the time of thousands.
const LARGE: usize = 16 << 20;

/// What the watching thread looks at.
struct Watched {
    name: String,
    input: Vec<u8>,
    since: Instant,
    limits: Limits,
}

static WATCHED: Mutex<Option<Watched>> = Mutex::new(None);
static WATCHING: AtomicBool = AtomicBool::new(false);
/// Campaigns of one test program run in turn.
static TURN: Mutex<()> = Mutex::new(());

impl Campaign<'_> {
    /// Feeds `reader` the regression inputs, the seeds, and `default_runs` mutations (or `$CAMSCOPE_FUZZ_RUNS`). The
    /// reader returns its answer in words.
    ///
    /// # Panics
    /// When the reader does. The program ends when the reader exceeds a limit.
    pub fn run(&self, default_runs: usize, reader: impl Fn(&[u8]) -> String) -> Report {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        watch();
        let runs = number(RUNS).unwrap_or(default_runs);
        let mut rng = Rng::with_seed(number(SEED).unwrap_or(1) as u64);
        let began = Instant::now();
        let mut report = Report {
            runs: 0,
            kinds: 0,
            peak: 0,
            slowest: Duration::ZERO,
            took: Duration::ZERO,
        };
        let mut seen = HashSet::new();
        let mut pool = Vec::new();
        for input in regressions(self.name)
            .into_iter()
            .chain(self.seeds.iter().cloned())
        {
            seen.insert(self.one(&input, &reader, &mut report));
            pool.push(input);
        }
        let first = pool.len();
        for _ in 0..runs {
            let mut input = rng.choice(&pool).cloned().unwrap_or_default();
            let other = rng.choice(&pool).cloned().unwrap_or_default();
            mutate::mutate(&mut input, &other, &self.tokens, &mut rng);
            input.truncate(self.limits.input);
            if rng.u8(..) >= 16 {
                (self.repair)(&mut input);
            }
            let before = std::mem::take(&mut report.peak);
            let is_new = seen.insert(self.one(&input, &reader, &mut report));
            let is_large = report.peak > LARGE;
            report.peak = report.peak.max(before);
            if is_new && !is_large {
                if pool.len() < MAX_POOL {
                    pool.push(input);
                } else {
                    let place = rng.usize(first..pool.len());
                    pool[place] = input;
                }
            }
        }
        report.kinds = seen.len();
        report.took = began.elapsed();
        println!("fuzz {}: {report:?}", self.name);
        report
    }

    /// Runs one input; returns the kind of the answer.
    fn one(&self, input: &[u8], reader: &impl Fn(&[u8]) -> String, report: &mut Report) -> u64 {
        let since = Instant::now();
        *watched() = Some(Watched {
            name: self.name.into(),
            input: input.into(),
            since,
            limits: self.limits,
        });
        memory::start(self.limits.bytes);
        let result = catch_unwind(AssertUnwindSafe(|| reader(input)));
        let peak = memory::stop();
        *watched() = None;
        report.runs += 1;
        report.peak = report.peak.max(peak);
        report.slowest = report.slowest.max(since.elapsed());
        match result {
            Ok(answer) => kind(&answer, peak),
            Err(panic) => {
                eprintln!(
                    "fuzz {}: the input is {}",
                    self.name,
                    keep(self.name, input)
                );
                resume_unwind(panic)
            }
        }
    }
}

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}

fn watched() -> std::sync::MutexGuard<'static, Option<Watched>> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers that differ in numbers alone are of one kind; so are amounts of memory of one order.
fn kind(answer: &str, peak: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    answer
        .chars()
        .filter(|c| !c.is_ascii_digit())
        .take(60)
        .for_each(|c| c.hash(&mut hasher));
    (peak.max(1).ilog2() / 2).hash(&mut hasher);
    hasher.finish()
}

/// The committed inputs of the reader `name` that once did harm, or are of a kind that did.
pub fn regressions(name: &str) -> Vec<Vec<u8>> {
    let folder = root().join("tests/fixtures/fuzz").join(name);
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).expect("the regression input can be read"))
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this package lies in the repository")
}

/// Writes an input that did harm; returns where.
fn keep(name: &str, input: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    let folder = root().join("target/camscope/fuzz");
    let path = folder.join(format!("{name}-{:016x}", hasher.finish()));
    match std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, input)) {
        Ok(()) => path.display().to_string(),
        Err(error) => format!("lost ({error})"),
    }
}

/// Starts the thread that ends the program when a limit is exceeded.
fn watch() {
    if WATCHING.swap(true, Ordering::Relaxed) {
        return;
    }
    std::thread::spawn(|| {
        loop {
            std::thread::sleep(Duration::from_millis(100));
            let asked = memory::exceeded();
            let watched = watched();
            let Some(now) = &*watched else { continue };
            let slow = now.since.elapsed() > Duration::from_secs(now.limits.seconds);
            if asked > 0 || slow {
                let what = if asked > 0 {
                    format!("asked for {asked} bytes more than it may hold")
                } else {
                    format!("took more than {} s", now.limits.seconds)
                };
                let path = keep(&now.name, &now.input);
                eprintln!("fuzz {}: the reader {what}; the input is {path}", now.name);
                std::process::abort();
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[global_allocator]
    static COUNTING: memory::Counting = memory::Counting;

    fn campaign() -> Campaign<'static> {
        Campaign {
            name: "self-test",
            seeds: vec![b"hello".to_vec()],
            tokens: vec![b"BOOM".to_vec()],
            repair: |_| {},
            limits: Limits {
                bytes: 1 << 24,
                seconds: 60,
                input: 64,
            },
        }
    }

    #[test]
    fn a_panic_behind_two_steps_is_found_by_following_new_answers() {
        let result = catch_unwind(|| {
            campaign().run(200_000, |bytes| {
                let has = |byte| bytes.contains(&byte);
                match (has(0xF1), has(0xF2), bytes.starts_with(b"BOOM")) {
                    (true, true, true) => panic!("found"),
                    steps => format!("{steps:?}"),
                }
            })
        });
        let panic = result.expect_err("the bug is found");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"found"));
    }

    #[test]
    fn memory_is_counted_by_input() {
        let report = campaign().run(100, |_| {
            let block = std::hint::black_box(vec![1u8; 5_000_000]);
            format!("{}", block.len())
        });
        assert!((5_000_000..6_000_000).contains(&report.peak), "{report:?}");
    }

    #[test]
    fn answers_that_differ_in_numbers_are_of_one_kind() {
        assert_eq!(kind("12 bytes", 9000), kind("7 bytes", 9001));
        assert_ne!(kind("12 bytes", 9000), kind("12 words", 9000));
        assert_ne!(kind("12 bytes", 9000), kind("12 bytes", 9_000_000));
    }
}
