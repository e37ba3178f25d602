//! Where the network runs: WebGPU (or a native GPU) through burn-wgpu, or the CPU through burn-flex.

use std::rc::Rc;

use burn::tensor::{Device, Tensor};
#[cfg(feature = "webgpu")]
use burn_wgpu::{MemoryConfiguration, wgpu};
#[cfg(all(feature = "webgpu", target_family = "wasm"))]
use futures_util::future::{Either, select};

use crate::error::{Error, Result};
use crate::model::cpu::Kernels;
#[cfg(feature = "webgpu")]
use crate::model::gpu::replay::Scratch;
#[cfg(all(feature = "webgpu", target_family = "wasm"))]
use crate::model::gpu::staging::Staging;
#[cfg(feature = "webgpu")]
use crate::model::gpu::{Cut, Element, Style, warm_up};

/// Kind of compute device.
///
/// ```
/// use camscope::device::Kind;
///
/// assert_eq!("cpu".parse(), Ok(Kind::Cpu));
/// assert!("abacus".parse::<Kind>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    WebGpu,
    Cpu,
}

impl Kind {
    /// `webgpu` or `cpu`.
    ///
    /// ```
    /// use camscope::device::Kind;
    ///
    /// assert_eq!(Kind::WebGpu.id(), "webgpu");
    /// ```
    pub fn id(self) -> &'static str {
        match self {
            Self::WebGpu => "webgpu",
            Self::Cpu => "cpu",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self> {
        match id {
            "webgpu" => Ok(Self::WebGpu),
            "cpu" => Ok(Self::Cpu),
            other => Err(Error::Option(format!(
                "There is no device \"{other}\": choose webgpu or cpu."
            ))),
        }
    }
}

/// What a GPU keeps weights and activations as; the CPU computes in f32.
///
/// ```
/// use camscope::device::Precision;
///
/// assert_eq!(Precision::default(), Precision::Full);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    #[default]
    Full,
    /// f16, with sums in f32: half the memory traffic. Maps at layer3 and layer4 were within 0.005 of the exact ones;
    /// earlier ones are refused.
    Half,
}

impl Precision {
    /// `f32` or `f16`.
    ///
    /// ```
    /// use camscope::device::Precision;
    ///
    /// assert_eq!(Precision::Half.id(), "f16");
    /// ```
    pub fn id(self) -> &'static str {
        match self {
            Self::Full => "f32",
            Self::Half => "f16",
        }
    }
}

/// An opened device and what bounds a batch on it.
///
/// ```
/// use camscope::device::{ComputeDevice, Kind};
///
/// let device = ComputeDevice::cpu();
/// assert_eq!((device.kind, device.description.as_str()), (Kind::Cpu, "CPU"));
/// ```
#[derive(Debug, Clone)]
pub struct ComputeDevice {
    pub kind: Kind,
    /// Name to show; empty where the browser keeps it to itself.
    pub description: String,
    pub(crate) burn: Device,
    /// The GPU itself; it alone tells of memory that ran out.
    #[cfg(feature = "webgpu")]
    gpu: Option<wgpu::Device>,
    /// On the CPU: what computes the network there.
    pub(crate) kernels: Option<Rc<dyn Kernels>>,
    /// Largest single buffer, in bytes.
    max_buffer: u64,
    /// How convolutions are computed; none on the CPU.
    #[cfg(feature = "webgpu")]
    pub(crate) style: Option<Style>,
    /// Buffers for the passes of its networks.
    #[cfg(feature = "webgpu")]
    pub(crate) scratch: Rc<Scratch>,
    /// Memory through which pictures reach it; none on the CPU.
    #[cfg(all(feature = "webgpu", target_family = "wasm"))]
    pub(crate) staging: Option<Rc<Staging>>,
}

/// For so long a GPU is asked whether it is done: where work takes longer, a few milliseconds do not matter.
#[cfg(all(feature = "webgpu", target_family = "wasm"))]
const ATTENTION: web_time::Duration = web_time::Duration::from_millis(40);

/// Share of the device's largest buffer that one activation tensor may take: binding limits are not free memory.
const BUFFER_SHARE: u64 = 4;
/// More pictures in a batch bring no more speed, only memory and a longer wait for Cancel.
const MAX_BATCH: usize = 16;
/// The same of passes that start behind the picture, as far as they take no more memory than those whole ones at 224 × 224,
/// whose stem leaves 64 × 112 × 112 numbers each.
const MAX_BATCH_OF_TAILS: usize = 64;
const TAILS_BYTES: u64 = 4 * 64 * 112 * 112 * MAX_BATCH as u64;
/// In the browser's kernels a batch is no faster than single passes, with threads or without, and Cancel waits for it.
const MAX_BATCH_BROWSER_CPU: usize = 1;
const MAX_BATCH_CPU: usize = 8;

impl ComputeDevice {
    /// The CPU. Always there.
    ///
    /// ```
    /// use camscope::device::{ComputeDevice, Kind};
    ///
    /// assert_eq!(ComputeDevice::cpu().kind, Kind::Cpu);
    /// ```
    #[cfg(not(target_family = "wasm"))]
    pub fn cpu() -> Self {
        Self::with_kernels(Rc::new(crate::model::cpu::Native::default()))
    }

    /// The CPU, with what computes the network on it.
    pub(crate) fn with_kernels(kernels: Rc<dyn Kernels>) -> Self {
        Self {
            kind: Kind::Cpu,
            description: "CPU".into(),
            burn: Device::flex(),
            #[cfg(feature = "webgpu")]
            gpu: None,
            kernels: Some(kernels),
            max_buffer: u64::MAX,
            #[cfg(feature = "webgpu")]
            style: None,
            #[cfg(feature = "webgpu")]
            scratch: Rc::default(),
            #[cfg(all(feature = "webgpu", target_family = "wasm"))]
            staging: None,
        }
    }

    /// Refuses: built without the feature `webgpu`.
    ///
    /// ```
    /// use camscope::device::{ComputeDevice, Precision};
    ///
    /// let refused = pollster::block_on(ComputeDevice::gpu(Precision::Full));
    /// assert_eq!(refused.err().map(|error| error.name()), Some("DeviceError"));
    /// ```
    ///
    /// # Errors
    /// [`Error::Device`], always.
    #[cfg(not(feature = "webgpu"))]
    pub async fn gpu(_: Precision) -> Result<Self> {
        Err(Error::Device(
            "This build of camscope has no GPU support. Choose the CPU.".into(),
        ))
    }

    /// The GPU: WebGPU in the browser; Vulkan, Metal or DirectX natively. Opens it once per process.
    ///
    /// ```
    /// use camscope::device::{ComputeDevice, Kind, Precision};
    ///
    /// match pollster::block_on(ComputeDevice::gpu(Precision::Full)) {
    ///     Ok(device) => assert_eq!(device.kind, Kind::WebGpu),
    ///     Err(error) => assert_eq!(error.name(), "DeviceError"),
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Device`] where there is no adapter, it refuses, or it lacks the precision.
    #[cfg(feature = "webgpu")]
    pub async fn gpu(precision: Precision) -> Result<Self> {
        let (burn, setup) = Device::wgpu_options()
            // As in the browser in any case: our kernels read some buffers and write another, which must not be parts of
            // one.
            .memory_config(MemoryConfiguration::ExclusivePages)
            .init_with_setup_async()
            .await
            .map_err(|error| {
                Error::Device(format!(
                    "WebGPU is not available here ({error}). Choose the CPU, or another browser."
                ))
            })?;
        let limits = setup.device.limits();
        let max_buffer = limits
            .max_buffer_size
            .min(limits.max_storage_buffer_binding_size);
        let info = setup.adapter.get_info();
        let features = setup.device.features();
        // Only GPUs that the processor emulates have subgroups this small.
        let cut = match (info.subgroup_min_size, info.subgroup_max_size) {
            (4, 4) => Cut::Direct,
            _ => Cut::Shared,
        };
        let element = match precision {
            Precision::Full => Element::F32,
            Precision::Half if features.contains(wgpu::Features::SHADER_F16) => Element::F16,
            Precision::Half => {
                return Err(Error::Device(
                    "This GPU does not compute with 16-bit numbers. Choose full precision.".into(),
                ));
            }
        };
        #[cfg(target_family = "wasm")]
        let staging = Staging::new(setup.device.clone(), setup.queue);
        let device = Self {
            kind: Kind::WebGpu,
            description: info.name,
            burn,
            gpu: Some(setup.device),
            kernels: None,
            max_buffer,
            style: Some(Style { cut, element }),
            scratch: Rc::default(),
            #[cfg(target_family = "wasm")]
            staging: Some(Rc::new(staging)),
        };
        warm_up::first(&device);
        Ok(device)
    }

    /// Threads that the CPU computes on; none for a GPU.
    ///
    /// ```
    /// use camscope::device::ComputeDevice;
    ///
    /// assert!(ComputeDevice::cpu().threads() >= Some(1));
    /// ```
    pub fn threads(&self) -> Option<usize> {
        self.kernels.as_ref().map(|kernels| kernels.threads())
    }

    /// Has a GPU compile what it will need beyond a picture's first maps. It goes on with other work only then.
    pub(crate) fn compile_ahead(&self) {
        #[cfg(feature = "webgpu")]
        warm_up::others(self);
    }

    /// What weights and activations are kept as.
    pub(crate) fn precision(&self) -> Precision {
        #[cfg(feature = "webgpu")]
        if self
            .style
            .is_some_and(|style| style.element == Element::F16)
        {
            return Precision::Half;
        }
        Precision::Full
    }

    /// What `work` finds, unless the GPU's memory runs out under it; none of it is held any more then.
    ///
    /// # Errors
    /// [`Error::Memory`], or what `work` fails with.
    pub(crate) async fn within_memory<T>(
        &self,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        #[cfg(feature = "webgpu")]
        if let Some(gpu) = &self.gpu {
            // What uses a buffer for which there was no room is invalid, and would be reported as well.
            let invalid = gpu.push_error_scope(wgpu::ErrorFilter::Validation);
            let exceeded = gpu.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
            let found = work.await;
            let (exceeded, invalid) = (exceeded.pop(), invalid.pop());
            if let Some(error) = exceeded.await {
                // The buffer that is none would be used again.
                self.scratch.forget();
                self.burn.memory_cleanup();
                return Err(Error::Memory(format!(
                    "The GPU's memory does not suffice ({error}). Close other tabs and programs, or use the CPU."
                )));
            }
            return match invalid.await {
                Some(error) => Err(Error::Device(format!(
                    "The GPU refused the work ({error})."
                ))),
                None => found,
            };
        }
        work.await
    }

    /// Reads a tensor of f32 back, row-major, once the device has computed it.
    ///
    /// # Errors
    /// [`Error::Device`]
    pub(crate) async fn read<const D: usize>(&self, tensor: Tensor<D>) -> Result<Vec<f32>> {
        let data = self.attend(tensor.into_data_async()).await;
        let data = data.map_err(|error| {
            Error::Device(format!(
                "The device failed while computing ({error:?}). Reload the page or use the CPU."
            ))
        })?;
        data.try_into_vec::<f32>().map_err(|error| {
            Error::Device(format!("The device returned no f32 numbers ({error:?})."))
        })
    }

    /// What `work` of the GPU finds. Left alone, a browser looks every few milliseconds only whether a GPU is done, and else
    /// when it is asked for something: so it is asked for something, as soon as the last answer is there.
    async fn attend<T>(&self, work: impl Future<Output = T>) -> T {
        #[cfg(all(feature = "webgpu", target_family = "wasm"))]
        if let (Some(gpu), false) = (&self.gpu, self.is_emulated()) {
            let started = web_time::Instant::now();
            let ask = || gpu.push_error_scope(wgpu::ErrorFilter::Validation).pop();
            let mut work = std::pin::pin!(work);
            while started.elapsed() < ATTENTION {
                match select(work.as_mut(), std::pin::pin!(ask())).await {
                    Either::Left((found, _)) => return found,
                    Either::Right(_) => {}
                }
            }
            return work.await;
        }
        work.await
    }

    /// Whether this is a GPU that the processor emulates.
    pub(crate) fn is_emulated(&self) -> bool {
        #[cfg(feature = "webgpu")]
        return self.style.is_some_and(|style| style.cut == Cut::Direct);
        #[cfg(not(feature = "webgpu"))]
        false
    }

    /// Whether work that is handed over is done while this side goes on. The CPU does it at once.
    pub(crate) fn works_ahead(&self) -> bool {
        self.kind == Kind::WebGpu
    }

    /// Most pictures in one batch when the largest activation of one takes `bytes`. At least 1.
    pub(crate) fn max_batch(&self, bytes: u64) -> usize {
        let cap = match self.kind {
            Kind::Cpu if cfg!(target_family = "wasm") => MAX_BATCH_BROWSER_CPU,
            Kind::Cpu => MAX_BATCH_CPU,
            Kind::WebGpu => MAX_BATCH,
        };
        cap.min(self.fitting(bytes))
    }

    /// As [`ComputeDevice::max_batch`], of passes that start behind the picture and leave out a channel each.
    pub(crate) fn max_batch_of_tails(&self, bytes: u64) -> usize {
        let more = match self.kind {
            Kind::Cpu => 0,
            Kind::WebGpu => usize::try_from(TAILS_BYTES / bytes.max(1)).unwrap_or(usize::MAX),
        };
        let more = more.min(MAX_BATCH_OF_TAILS).min(self.fitting(bytes));
        self.max_batch(bytes).max(more)
    }

    /// Pictures of whose activations, `bytes` each, one buffer takes as many as it should. At least 1.
    fn fitting(&self, bytes: u64) -> usize {
        let fitting = self.max_buffer / BUFFER_SHARE / bytes.max(1);
        usize::try_from(fitting).unwrap_or(usize::MAX).max(1)
    }
}
