//! A model is used as published or not at all: altered, truncated, missing or misshapen weights are refused with
//! the name of what is wrong.

mod common;

use camscope::device::ComputeDevice;
use camscope::error::Error;
use camscope::model::loader::Loader;
use camscope::weights::manifest::Manifest;

/// The shipped model's manifest and first shard.
fn shipped() -> (Manifest, Vec<Vec<u8>>) {
    let folder = common::root().join("pkg/models/resnet50");
    let manifest = std::fs::read(folder.join("manifest.json")).expect("run `cargo xtask test`");
    let manifest: Manifest = serde_json::from_slice(&manifest).expect("the manifest is valid");
    let shards = manifest
        .shards
        .iter()
        .map(|shard| std::fs::read(folder.join(&shard.file)).expect("a shard"));
    let shards = shards.collect();
    (manifest, shards)
}

fn loader(manifest: &Manifest) -> Result<Loader, Error> {
    Loader::new(
        &serde_json::to_vec(manifest).expect("JSON"),
        ComputeDevice::cpu(),
    )
}

fn message(error: Error) -> String {
    assert!(matches!(error, Error::Weights(_)), "{error:?}");
    error.to_string()
}

#[test]
fn shards_stay_within_the_limit() {
    let (manifest, shards) = shipped();
    assert!(
        shards
            .iter()
            .all(|shard| shard.len() as u64 <= camscope::weights::manifest::MAX_SHARD_BYTES)
    );
    assert_eq!(manifest.labels.len(), 1000);
}

#[test]
fn an_altered_shard_is_named() {
    let (manifest, mut shards) = shipped();
    let middle = shards[1].len() / 2;
    shards[1][middle] ^= 1;
    let mut loader = loader(&manifest).expect("the manifest is fine");
    loader
        .add_shard(0, &shards[0])
        .expect("the first shard is fine");
    let text = message(
        loader
            .add_shard(1, &shards[1])
            .expect_err("one bit is wrong"),
    );
    assert!(
        text.contains(&manifest.shards[1].file) && text.contains("SHA-256"),
        "{text}"
    );
    shards[1][middle] ^= 1;
    loader
        .add_shard(1, &shards[1])
        .expect("a second try with the right bytes succeeds");
}

#[test]
fn a_truncated_shard_is_named() {
    let (manifest, shards) = shipped();
    let mut loader = loader(&manifest).expect("the manifest is fine");
    let text = message(
        loader
            .add_shard(2, &shards[2][..1000])
            .expect_err("most is missing"),
    );
    assert!(
        text.contains(&manifest.shards[2].file) && text.contains("1000 of"),
        "{text}"
    );
}

#[test]
fn a_missing_shard_is_named() {
    let (manifest, shards) = shipped();
    let mut loader = loader(&manifest).expect("the manifest is fine");
    loader
        .add_shard(0, &shards[0])
        .expect("the first shard is fine");
    let text = message(loader.finish().expect_err("two shards are missing"));
    assert!(text.contains(&manifest.shards[1].file), "{text}");
}

#[test]
fn a_misshapen_tensor_is_named() {
    let (mut manifest, shards) = shipped();
    // The file is intact, but the manifest claims another architecture.
    manifest.architecture.blocks = [4, 4, 6, 3];
    let mut loader = loader(&manifest).expect("the manifest is readable");
    for (index, shard) in shards.iter().enumerate() {
        loader.add_shard(index, shard).expect("the shards are fine");
    }
    let text = message(loader.finish().expect_err("layer1.3 does not exist"));
    assert!(text.contains("layer1.3.conv1.weight"), "{text}");
}

#[test]
fn rubbish_manifests_are_refused() {
    let (manifest, _) = shipped();
    for bytes in [&b""[..], b"{", b"[]", b"{\"format\":\"other\"}"] {
        message(Loader::new(bytes, ComputeDevice::cpu()).expect_err("not a manifest"));
    }
    let mut other = manifest.clone();
    other.format = "camscope-model/99".into();
    assert!(message(loader(&other).expect_err("from the future")).contains("camscope-model/99"));
    let mut none = manifest;
    none.labels.clear();
    message(loader(&none).expect_err("no classes"));
}
