//! The kernels for GPUs, natively, where the package is built with the feature `webgpu` and there is an adapter (llvmpipe
//! is one): `cargo test --release --features webgpu --test gpu`. The page's tests check the same kernels in Chromium.
#![cfg(feature = "webgpu")]

mod common;

use camscope::cam::Method;
use camscope::cam::query::Channels;
use camscope::device::{ComputeDevice, Precision};
use camscope::explainer::{ExplainOptions, Explainer};
use camscope::model::Layer;
use camscope::model::gpu::check;

/// The device, or none with a word on why.
fn device(precision: Precision) -> Option<ComputeDevice> {
    match pollster::block_on(ComputeDevice::gpu(precision)) {
        Ok(device) => {
            println!("{}, {}", device.description, precision.id());
            Some(device)
        }
        Err(error) => {
            println!("left out: {error}");
            None
        }
    }
}

fn largest_error(precision: Precision) -> Option<f32> {
    let outcomes =
        pollster::block_on(check::run(&device(precision)?)).expect("the device computes");
    assert!(!outcomes.is_empty());
    for outcome in &outcomes {
        println!("{:9.2e}  {}", outcome.error, outcome.name);
    }
    // Not `max`, which would lose a NaN.
    let errors = outcomes.iter().map(|outcome| outcome.error);
    Some(errors.fold(0.0, |most, error| if error <= most { most } else { error }))
}

#[test]
fn kernels_agree_with_plain_operations() {
    if let Some(error) = largest_error(Precision::Full) {
        assert!(error < 1e-5, "off by {error}");
    }
}

/// Numbers of f16 have 11 bits.
#[test]
fn kernels_in_half_precision_are_off_by_rounding_alone() {
    if let Some(error) = largest_error(Precision::Half) {
        assert!(error < 4e-3, "off by {error}");
    }
}

/// Maps in half precision against those of the CPU in f32: the page says how far they may be off.
#[test]
fn half_precision_maps_are_within_the_stated_error() {
    let Some(device) = device(Precision::Half) else {
        return;
    };
    let Some(folder) = common::full_reference() else {
        println!("left out: the reference's pictures are not at hand");
        return;
    };
    let half = Explainer::new(common::resnet50_f32_on(device));
    let full = Explainer::new(common::resnet50_f32());
    let mut worst = 0.0_f32;
    for entry in std::fs::read_dir(&folder).expect("the reference's folder is there") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "png") {
            continue;
        }
        let picture = common::picture(&path);
        for (method, channels) in [
            (Method::GradCam, Channels::All),
            (Method::AblationCam, Channels::All),
            (Method::ScoreCam, Channels::Budget(32)),
        ] {
            let options = ExplainOptions {
                channels,
                ..common::options(method, Layer::Layer4)
            };
            let [found, expected] =
                [&half, &full].map(|explainer| common::explain(explainer, &picture, &options).map);
            let difference = common::max_difference(&found.values, &expected.values);
            println!(
                "{difference:9.2e}  {}, {}",
                method.info().id,
                path.display()
            );
            worst = if difference <= worst {
                worst
            } else {
                difference
            };
        }
    }
    assert!(worst <= 0.02, "maps are off by {worst}");
}
