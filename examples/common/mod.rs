//! What the examples share.

use std::path::Path;

use camscope::device::ComputeDevice;
use camscope::model::loader::{Loader, Model};

/// A converted model from its folder, on the CPU.
pub fn load(folder: &Path) -> Model {
    let manifest = std::fs::read(folder.join("manifest.json")).expect("a model's manifest");
    let mut loader = Loader::new(&manifest, ComputeDevice::cpu()).expect("a valid manifest");
    for (index, shard) in loader.shards().to_vec().iter().enumerate() {
        let bytes = std::fs::read(folder.join(&shard.file)).expect("the shard is there");
        loader.add_shard(index, &bytes).expect("an intact shard");
    }
    loader.finish().expect("a complete model")
}
