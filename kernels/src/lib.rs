//! camscope's network on the CPU: convolutions with packed weights, joined to pieces of a ResNet, on one thread or
//! several.
//!
//! Natively this is a library like any other. For the browser it is also compiled to a module of its own (see
//! [`module`]), because its memory can be shared among threads while the engine's cannot: what the engine holds of
//! WebGPU belongs to one thread.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

mod blank;
mod changes;
mod conv;
mod isa;
#[cfg(all(target_family = "wasm", feature = "module"))]
mod module;
mod network;
mod patches;
mod places;
mod pool;
#[cfg(test)]
mod testing;
mod tile;
mod tiles;
mod variants;
mod vector;
mod winograd;

pub use conv::Conv;
pub use isa::Level;
pub use network::{Step, Workspace, run};
pub use pool::{Pool, Single};
pub use variants::Variants;
