//! Model weights on disk and on the wire: the manifest and its shards. Nothing here needs burn, so the
//! converter in `xtask` and the engine in the browser share one definition of the format.

pub mod checkpoint;
pub mod fold;
pub(crate) mod layout;
pub mod manifest;
pub mod source;
pub mod torchvision;
