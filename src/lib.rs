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
mod wasm;
