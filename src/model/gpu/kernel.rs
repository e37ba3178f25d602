//! The kernels by name, and how they are handed to the device.

use burn_wgpu::{CubeDim, KernelSource, SourceKernel, SourceTemplate};
use cubecl::client::Client;
use cubecl::ir::attributes::BufferIOAttr;
use cubecl::prelude::{CubeCount, KernelId};
use cubecl::server::{Handle, KernelArguments};

use super::simple::{self, WORKGROUP};
use super::spec::{Element, Finish, Spec};
use super::wgsl;

/// A kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kernel {
    Convolution(Spec),
    AddParts {
        element: Element,
        shortcut: bool,
        rectify: bool,
    },
    PackPictures(Element),
    Copy(Element),
    Without {
        element: Element,
        rectify: bool,
    },
    Extremes,
    Rows,
    /// With the bits of the epsilon.
    Masked(Element, u32),
    MaxPool(Element),
    Average(Element),
    Linear,
}

impl Kernel {
    /// Invocations a workgroup.
    pub(super) fn workgroup(&self) -> [usize; 2] {
        match self {
            Self::Convolution(spec) => spec.tile.workgroup(),
            Self::Extremes => [simple::EXTREMES, 1],
            _ => [WORKGROUP, 1],
        }
    }

    /// How many buffers it reads.
    pub(super) fn reads(&self) -> usize {
        match *self {
            Self::PackPictures(_) | Self::Copy(_) | Self::MaxPool(_) | Self::Average(_) => 2,
            Self::Extremes | Self::Rows => 3,
            Self::AddParts { shortcut, .. } => 3 + usize::from(shortcut),
            Self::Linear => 4,
            Self::Without { .. } | Self::Masked(..) => 5,
            Self::Convolution(spec) => match spec.finish {
                Finish::Part => 3,
                Finish::Bias { shortcut, .. } => {
                    4 + usize::from(shortcut) + 2 * usize::from(spec.partly)
                }
            },
        }
    }
}

impl KernelSource for Kernel {
    fn source(&self) -> SourceTemplate {
        SourceTemplate::new(match *self {
            Self::Convolution(spec) => wgsl::convolution(spec),
            Self::AddParts {
                element,
                shortcut,
                rectify,
            } => simple::add_parts(element, shortcut, rectify),
            Self::PackPictures(element) => simple::pack_pictures(element),
            Self::Copy(element) => simple::copy(element),
            Self::Without { element, rectify } => simple::without(element, rectify),
            Self::Extremes => simple::extremes(),
            Self::Rows => simple::rows(),
            Self::Masked(element, epsilon) => simple::masked(element, f32::from_bits(epsilon)),
            Self::MaxPool(element) => simple::max_pool(element),
            Self::Average(element) => simple::average(element),
            Self::Linear => simple::linear(),
        })
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Self>().info(*self)
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}

/// Runs a kernel on the device of `client`. Buffers are bound in the order of `read`, then `written`.
pub(super) fn launch(
    client: &Client,
    kernel: Kernel,
    count: [usize; 3],
    read: &[&Handle],
    written: &Handle,
) {
    let inputs = read.iter().fold(KernelArguments::new(), |all, handle| {
        all.with_buffer_io((*handle).clone().binding(), BufferIOAttr::ReadOnly)
    });
    let arguments = inputs.with_buffer_io(written.clone().binding(), BufferIOAttr::WriteOnly);
    let [across, down] = kernel.workgroup();
    let cube = CubeDim::new_2d(across as u32, down as u32);
    let [x, y, z] = count.map(|count| count as u32);
    let kernel = Box::new(SourceKernel::new(kernel, cube));
    client.launch(kernel, CubeCount::Static(x, y, z), arguments);
}

/// Most workgroups along one direction.
const MOST_GROUPS: usize = 65_535;

/// As [`launch`], with one invocation for each of `vectors`: more than [`MOST_GROUPS`] workgroups go on in a next row.
pub(super) fn launch_each(
    client: &Client,
    kernel: Kernel,
    vectors: usize,
    read: &[&Handle],
    written: &Handle,
) {
    let groups = vectors.div_ceil(WORKGROUP);
    let across = groups.min(MOST_GROUPS);
    let count = [across, groups.div_ceil(across.max(1)), 1];
    launch(client, kernel, count, read, written);
}
