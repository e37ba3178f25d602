//! Instruction sets: how large a tile of a matrix product their registers hold, and the choice among them.

use crate::tile::{Tile, tile};
use crate::vector::Vector;

/// An instruction set.
pub trait Isa {
    type V: Vector;
    /// Rows (pixels) of a register tile.
    const ROWS: usize;
    /// Columns (output channels) of a register tile.
    const COLUMNS: usize;

    /// Computes a tile of at most [`Isa::ROWS`] rows.
    ///
    /// # Safety
    /// As [`tile`]; the processor must have the instruction set.
    unsafe fn tile(rows: usize, how: &Tile);
}

/// What is compiled once for each instruction set.
pub trait Kernel {
    /// # Safety
    /// The processor must have the instruction set. Implementations are `#[inline(always)]`, as is all they call.
    unsafe fn run<I: Isa>(self);
}

macro_rules! isa {
    ($(#[$doc:meta])* $name:ident, $vector:ident, $vectors:literal, $most:literal: $($rows:literal),+) => {
        $(#[$doc])*
        pub struct $name;

        impl Isa for $name {
            type V = crate::vector::$vector;
            const ROWS: usize = $most;
            const COLUMNS: usize = $vectors * Self::V::LANES;

            #[inline(always)]
            unsafe fn tile(rows: usize, how: &Tile) {
                unsafe {
                    match rows {
                        $($rows => tile::<Self::V, $rows, $vectors>(how),)+
                        _ => tile::<Self::V, $most, $vectors>(how),
                    }
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
isa!(/// Every x86-64 has it.
    Sse2, Sse, 2, 4: 1, 2, 3);
#[cfg(target_arch = "x86_64")]
isa!(/// 8 floats, fused multiply-add, 16 registers: 12 for sums.
    Avx2, Avx, 2, 6: 1, 2, 3, 4, 5);
#[cfg(target_arch = "aarch64")]
isa!(/// 32 registers: 24 for sums.
    Asimd, Neon, 3, 8: 1, 2, 3, 4, 5, 6, 7);
#[cfg(target_family = "wasm")]
isa!(/// The 16 registers of x86-64: 12 for sums. Smaller and wider tiles were slower in V8.
    Wasm, Simd128, 2, 6: 1, 2, 3, 4, 5);

#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_family = "wasm"
)))]
isa!(/// Any other processor: what the compiler makes of it.
    Portable, Plain, 8, 4: 1, 2, 3);

/// The instruction set to compute with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The one that the target always has.
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

#[cfg(target_arch = "x86_64")]
type Baseline = Sse2;
#[cfg(target_arch = "aarch64")]
type Baseline = Asimd;
#[cfg(target_family = "wasm")]
type Baseline = Wasm;
#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_family = "wasm"
)))]
type Baseline = Portable;

impl Level {
    /// The best of this processor.
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
            return Self::Avx2;
        }
        Self::Baseline
    }

    /// All of this processor.
    #[cfg(test)]
    pub fn all() -> alloc::vec::Vec<Self> {
        let mut all = alloc::vec![Self::Baseline, Self::best()];
        all.dedup();
        all
    }

    /// Columns of a register tile.
    pub fn columns(self) -> usize {
        match self {
            Self::Baseline => Baseline::COLUMNS,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => Avx2::COLUMNS,
        }
    }

    /// Rows of a register tile.
    pub fn rows(self) -> usize {
        match self {
            Self::Baseline => Baseline::ROWS,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => Avx2::ROWS,
        }
    }

    /// Runs a kernel with this instruction set.
    ///
    /// # Safety
    /// As the kernel. The level must be of [`Level::best`] or [`Level::Baseline`].
    pub unsafe fn run(self, kernel: impl Kernel) {
        match self {
            Self::Baseline => unsafe { kernel.run::<Baseline>() },
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { avx2(kernel) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2(kernel: impl Kernel) {
    unsafe { kernel.run::<Avx2>() }
}
