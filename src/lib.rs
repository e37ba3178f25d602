//! camscope explains what an image classifier sees: Grad-CAM, AblationCAM and ScoreCAM heatmaps of a
//! pre-trained ResNet, computed on the user's own machine (WebGPU through burn, or the CPU).
//!
//! Data flows one way:
//!
//! ```text
//! photo bytes ─ preprocess ─ model ─ CAM method ─ heatmap ─ (page: palette, blend) ─ canvas
//!                  │           │         │            │
//!              crop box   activations  weights   raw and scaled map
//! ```
//!
//! Who may call whom: `wasm → explainer → {preprocess, model, cam, metrics}`; `cam` reaches the model only through
//! [`cam::probe::Probe`]; [`heatmap`] and [`palette`] import nothing of ours. Without the feature `compute`
//! only [`weights`] is built: the model format, which the converter in `xtask` shares.
//!
//! # Example
//! A picture classified and explained natively, with a converted model's folder (`pkg/models/…`). Where other examples have a
//! `model`, it is a small network with random weights.
//!
//! ```
//! use camscope::cam::Method;
//! use camscope::device::ComputeDevice;
//! use camscope::explainer::{ExplainOptions, Explainer, Picture};
//! use camscope::model::{Layer, loader::Loader};
//! use camscope::preprocess::Crop;
//!
//! # // The test command converts the model first; elsewhere there may be none.
//! # let Ok(folder) = std::env::var("CAMSCOPE_MODEL_F16") else { return Ok(()) };
//! # let folder = std::path::Path::new(&folder);
//! let manifest = std::fs::read(folder.join("manifest.json"))?;
//! let mut loader = Loader::new(&manifest, ComputeDevice::cpu())?;
//! for (index, shard) in loader.shards().to_vec().iter().enumerate() {
//!     loader.add_shard(index, &std::fs::read(folder.join(&shard.file))?)?;
//! }
//! let explainer = Explainer::new(loader.finish()?);
//!
//! let grey = Picture::Rgba { width: 64, height: 64, data: vec![128; 64 * 64 * 4] };
//! let seen = pollster::block_on(explainer.classify(&grey, Crop::Center, 5))?;
//! assert_eq!(seen.classes.len(), 5);
//! let options = ExplainOptions {
//!     target: Some(seen.classes[0].index.into()),
//!     ..ExplainOptions::new(Method::GradCam, Layer::Layer4)
//! };
//! // Progress can be watched, and the work stopped by answering false.
//! let found = explainer.explain(&grey, &options, &|_| Box::pin(async { true }));
//! let found = pollster::block_on(found)?;
//! assert_eq!((found.map.width, found.map.height), (224, 224));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![warn(unreachable_pub)]

pub mod weights;

#[cfg(feature = "compute")]
pub mod cam;
#[cfg(feature = "compute")]
pub mod device;
#[cfg(feature = "compute")]
pub mod error;
#[cfg(feature = "compute")]
pub mod explainer;
#[cfg(feature = "compute")]
pub mod export;
#[cfg(feature = "compute")]
pub mod heatmap;
#[cfg(feature = "compute")]
pub mod metrics;
#[cfg(feature = "compute")]
pub mod model;
#[cfg(feature = "compute")]
pub mod palette;
#[cfg(feature = "compute")]
pub mod preprocess;
#[cfg(all(feature = "compute", target_family = "wasm"))]
#[allow(unreachable_pub, reason = "wasm-bindgen exports what is public")]
mod wasm;
