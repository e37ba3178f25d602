//! How the explainer answers, on a tiny ResNet with seeded random weights: progress with partial maps, cancelling, options
//! that it refuses, pictures of any size.

mod common;

use std::cell::{Cell, RefCell};

use camscope::cam::Method;
use camscope::cam::progress::Progress;
use camscope::cam::query::Channels;
use camscope::cam::target::Target;
use camscope::device::ComputeDevice;
use camscope::error::Error;
use camscope::explainer::{ExplainOptions, Explainer, Picture};
use camscope::model::Layer;
use camscope::preprocess::Crop;
use camscope::weights::manifest::Variant;
use common::{small_photo, tiny};
use futures_util::FutureExt;

#[test]
fn progress_counts_up_with_partial_maps_that_end_in_the_result() {
    let explainer = Explainer::new(tiny(Variant::V1, ComputeDevice::cpu()));
    let reports = RefCell::new(Vec::new());
    let note = |progress: Progress| {
        reports.borrow_mut().push(progress);
        async { true }.boxed_local()
    };
    let options = common::options(Method::ScoreCam, Layer::Layer3);
    let found = pollster::block_on(explainer.explain(&small_photo(), &options, &note))
        .expect("the map is computed");
    let reports = reports.into_inner();
    assert!(reports.windows(2).all(|pair| pair[0].done < pair[1].done));
    let (first, last) = (&reports[0], reports.last().expect("there are reports"));
    assert_eq!((first.done, last.done), (0, last.total));
    assert_eq!(last.total, found.passes);
    let partials: Vec<_> = reports
        .iter()
        .filter_map(|report| report.partial.as_ref())
        .collect();
    assert!(!partials.is_empty(), "a usable partial result on the way");
    assert!(
        partials
            .iter()
            .all(|map| (map.width, map.height) == (40, 40))
    );
}

#[test]
fn cancelling_stops_within_one_batch_and_leaves_the_explainer_usable() {
    let explainer = Explainer::new(tiny(Variant::V1, ComputeDevice::cpu()));
    let options = common::options(Method::ScoreCam, Layer::Layer4);
    let reports = Cell::new(0);
    let stop_at_second = |_: Progress| {
        reports.set(reports.get() + 1);
        let go_on = reports.get() < 2;
        async move { go_on }.boxed_local()
    };
    let cancelled =
        pollster::block_on(explainer.explain(&small_photo(), &options, &stop_at_second));
    assert_eq!(cancelled.expect_err("it was cancelled"), Error::Cancelled);
    assert_eq!(reports.get(), 2, "nothing runs after the answer");
    assert!(common::explain(&explainer, &small_photo(), &options).exact);
}

#[test]
fn impossible_options_are_refused_with_the_reason() {
    let explainer = Explainer::new(tiny(Variant::V1, ComputeDevice::cpu()));
    let refuse = |change: &dyn Fn(&mut ExplainOptions)| {
        let mut options = common::options(Method::ScoreCam, Layer::Layer4);
        change(&mut options);
        let go_on = |_: Progress| async { true }.boxed_local();
        pollster::block_on(explainer.explain(&small_photo(), &options, &go_on))
            .expect_err("the options are impossible")
    };
    assert_eq!(
        refuse(&|o| o.target = Some(Target::Class(5))),
        Error::Class {
            class: 5,
            classes: 5
        }
    );
    for channels in [
        Channels::Budget(0),
        Channels::Only(vec![]),
        Channels::Only(vec![3, 24]),
    ] {
        let error = refuse(&|o| o.channels = channels.clone());
        assert!(
            matches!(&error, Error::Option(text) if !text.is_empty()),
            "{error}"
        );
    }
}

#[test]
fn one_model_sees_pictures_of_any_size() {
    let explainer = Explainer::new(tiny(Variant::V15, ComputeDevice::cpu()));
    for (width, height) in [(1, 1), (3, 200), (200, 3), (75, 50)] {
        let data = vec![200; width as usize * height as usize * 4];
        let picture = Picture::Rgba {
            width,
            height,
            data,
        };
        for crop in [Crop::Center, Crop::Full] {
            let mut options = common::options(Method::GradCam, Layer::Layer3);
            options.crop = crop;
            let found = common::explain(&explainer, &picture, &options);
            assert!(
                found.map.values.iter().all(|v| (0.0..=1.0).contains(v)),
                "{width}×{height}"
            );
        }
    }
}
