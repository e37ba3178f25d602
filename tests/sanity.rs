//! The model-randomisation check on networks with seeded weights and on the real one.

mod common;

use camscope::cam::Method;
use camscope::cam::progress::Progress;
use camscope::cam::query::Channels;
use camscope::error::Error;
use camscope::explainer::sanity::Sanity;
use camscope::explainer::{ExplainOptions, Explainer};
use camscope::model::Layer;
use common::picture;
use futures_util::FutureExt;

fn sanity(explainer: &Explainer, photo: &camscope::explainer::Picture, method: Method) -> Sanity {
    let options = common::options(method, Layer::Layer4);
    let go_on = |_: Progress| async { true }.boxed_local();
    pollster::block_on(explainer.sanity(photo, &options, 1, &go_on)).expect("the maps are made")
}

#[test]
fn grad_cam_reacts_to_what_the_network_has_learned() {
    let explainer = Explainer::new(common::resnet50_f16());
    let photo = picture(&common::fixtures().join("reference/drawn.png"));
    let found = sanity(&explainer, &photo, Method::GradCam);
    assert!(found.verdict.reacts, "{:?}", found.stages);
    let stages: Vec<&str> = found.stages.iter().map(|step| step.stage).collect();
    assert_eq!(
        stages,
        ["fc", "layer4", "layer3", "layer2", "layer1", "stem"]
    );
    assert!(
        found
            .maps
            .iter()
            .all(|map| (map.width, map.height) == (224, 224))
    );
    // It does not react by being blank.
    assert!(found.maps.iter().any(|map| !map.is_blank()));
}

#[test]
fn a_map_of_where_features_are_strong_is_flagged() {
    let explainer = Explainer::new(common::resnet50_f16());
    let photo = picture(&common::fixtures().join("reference/drawn.png"));
    let found = sanity(&explainer, &photo, Method::EigenCam);
    assert!(!found.verdict.reacts, "{:?}", found.stages);
    assert!(found.verdict.text.contains("hardly reacts"));
}

#[test]
fn each_step_forgets_one_part_more() {
    let explainer = Explainer::new(common::tiny_default());
    let photo = common::noise(40, 40);
    // Principal components of the activations know nothing of the classifier, but of everything before it.
    let eigen = sanity(&explainer, &photo, Method::EigenCam);
    assert!(
        (eigen.stages[0].pearson - 1.0).abs() < 1e-9,
        "{:?}",
        eigen.stages
    );
    assert!(
        eigen.stages[1..].iter().all(|step| step.pearson < 0.999),
        "{:?}",
        eigen.stages
    );
    let grad = sanity(&explainer, &photo, Method::GradCam);
    assert!(grad.stages[0].pearson < 0.999, "{:?}", grad.stages);
    // The same seed draws the same network, and the trained one is left as it was.
    assert_eq!(
        grad.stages,
        sanity(&explainer, &photo, Method::GradCam).stages
    );
}

#[test]
fn an_approximate_method_says_what_its_maps_rest_on() {
    let explainer = Explainer::new(common::tiny_default());
    let photo = common::noise(40, 40);
    let options = ExplainOptions {
        channels: Channels::Budget(4),
        ..common::options(Method::ScoreCam, Layer::Layer4)
    };
    let go_on = |_: Progress| async { true }.boxed_local();
    let found = pollster::block_on(explainer.sanity(&photo, &options, 1, &go_on)).unwrap();
    let map = pollster::block_on(explainer.explain(&photo, &options, &go_on)).unwrap();
    assert!(found.notes.iter().any(|note| note.code == "budget"));
    assert_eq!(found.notes, map.notes);
    let exact = sanity(&explainer, &photo, Method::ScoreCam);
    assert!(exact.notes.iter().all(|note| note.code != "budget"));
}

#[test]
fn it_can_be_cancelled_and_tells_how_far_it_is() {
    let explainer = Explainer::new(common::tiny_default());
    let photo = common::noise(40, 40);
    let options = common::options(Method::ScoreCam, Layer::Layer4);
    let heard = std::cell::RefCell::new(Vec::new());
    let listen = |progress: Progress| {
        heard.borrow_mut().push((progress.done, progress.total));
        let go_on = progress.done < 400;
        async move { go_on }.boxed_local()
    };
    let stopped = pollster::block_on(explainer.sanity(&photo, &options, 1, &listen));
    assert_eq!(stopped.expect_err("it was cancelled"), Error::Cancelled);
    let heard = heard.take();
    assert!(
        heard.is_sorted() && heard.iter().all(|&(_, total)| total == 700),
        "{heard:?}"
    );
    assert!(
        heard
            .last()
            .is_some_and(|&(done, _)| (400..500).contains(&done)),
        "{heard:?}"
    );
}
