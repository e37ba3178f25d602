//! Which convolution kernel: its tile, its end, its numbers.

/// Channels in a vector.
pub(super) const VECTOR: usize = 4;

/// How the work of a convolution is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Tile {
    /// 64 × 64 results a workgroup, through shared memory.
    Large,
    /// The same, with twice as many patch entries there at a time: fewer waits where sums are long.
    Deep,
    /// 32 × 32 results a workgroup, through shared memory: more workgroups where there is less to do.
    Small,
    /// 64 × 64 results a workgroup, 16 × 16 an invocation, without shared memory: for GPUs that the processor emulates,
    /// where it is slower than the caches and every load is dear.
    Direct,
}

/// Measures of a tile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measures {
    /// Pixels and channels a workgroup.
    pub rows: usize,
    pub columns: usize,
    /// Pixels and channels an invocation.
    pub own_rows: usize,
    pub own_columns: usize,
    /// Vectors of patch entries in shared memory at a time.
    pub depth: usize,
}

impl Tile {
    pub(super) fn measures(self) -> Measures {
        let (rows, columns, own_rows, own_columns) = match self {
            Self::Large | Self::Deep => (64, 64, 8, 4),
            Self::Small => (32, 32, 4, 4),
            Self::Direct => (64, 64, 16, 16),
        };
        Measures {
            rows,
            columns,
            own_rows,
            own_columns,
            depth: if self == Self::Deep { 8 } else { 4 },
        }
    }

    /// Pixels and channels a workgroup.
    pub(super) fn size(self) -> [usize; 2] {
        let measures = self.measures();
        [measures.rows, measures.columns]
    }

    /// Invocations a workgroup, along channels and along pixels.
    pub(super) fn workgroup(self) -> [usize; 2] {
        let measures = self.measures();
        [
            measures.columns / measures.own_columns,
            measures.rows / measures.own_rows,
        ]
    }

    /// Patch entries are summed in steps of so many vectors.
    pub(super) fn depth(self) -> usize {
        match self {
            Self::Large | Self::Deep | Self::Small => self.measures().depth,
            Self::Direct => 1,
        }
    }
}

/// What is done with a sum before it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Finish {
    /// Nothing: it is one of several parts ([`super::simple::add_parts`] puts them together).
    Part,
    /// The bias is added.
    Bias { shortcut: bool, rectify: bool },
}

/// What activations and weights are kept as. Sums are f32 always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Element {
    F32,
    /// Four products are summed in f16, the fours in f32. Needs the WGSL extension `f16`.
    F16,
}

impl Element {
    pub(super) fn vector(self) -> &'static str {
        match self {
            Self::F32 => "vec4<f32>",
            Self::F16 => "vec4<f16>",
        }
    }

    /// Four numbers of f32 as this; what f16 cannot hold becomes its largest number.
    pub(super) fn of(self, value: &str) -> String {
        match self {
            Self::F32 => value.to_owned(),
            Self::F16 => {
                format!("vec4<f16>(clamp({value}, vec4<f32>(-65504.0), vec4<f32>(65504.0)))")
            }
        }
    }

    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::F32 => "",
            Self::F16 => "enable f16;\n",
        }
    }

    /// Bytes of a number.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 => 2,
        }
    }
}

/// Which convolution kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Spec {
    pub tile: Tile,
    pub finish: Finish,
    pub element: Element,
    /// Side of the convolution's kernel.
    pub side: usize,
    /// Whether the vectors of input channels are a multiple of the tile's depth, so that a step stays within one
    /// kernel position.
    pub aligned: bool,
    /// Whether tiles outside of some rows are copied from what is known of them.
    pub partly: bool,
}
