//! Measures that ask the network, against pytorch-grad-cam's own metric classes and NumPy on the same maps.

mod common;

use camscope::cam::Method;
use camscope::cam::progress::Progress;
use camscope::error::{Error, Result};
use camscope::explainer::Explainer;
use camscope::explainer::measure::{MeasureOptions, Measures, Metric};
use camscope::heatmap::Heatmap;
use camscope::metrics::curves::Substrate;
use camscope::model::Layer;
use camscope::preprocess::Crop;
use common::{Tensors, picture};
use futures_util::FutureExt;

/// `CamMultImageConfidenceChange`, `DropInConfidence` and `IncreaseInConfidence` on the drawn picture with the reference's
/// final maps at layer4, and with 1 where its Grad-CAM exceeds 0.2, softmax of the top class: printed by
/// `scripts/make_metrics.py` (pytorch-grad-cam 1.5.7). Tolerance: the maps are float16, so 1e-3.
const CONFIDENCE: [(&str, f32, f32, f32); 4] = [
    ("gradcam", -0.291_537, 0.291_537, 0.0),
    ("ablationcam", -0.279_965, 0.279_965, 0.0),
    ("scorecam", -0.226_067, 0.226_067, 0.0),
    ("gradcam > 0.2", 0.229_639, 0.0, 1.0),
];

/// Deletion and insertion of the reference's Grad-CAM at layer4 in 4 steps, printed by `scripts/make_metrics.py`
/// (NumPy 2.2.6, `scipy.ndimage.gaussian_filter` of SciPy 1.17.1, PyTorch 2.5.1): probabilities and area. Tolerance
/// 1e-3: float32 networks of two libraries.
const DELETION_BLUR: ([f32; 5], f64) = (
    [0.603_455, 0.033_083, 0.084_463, 0.000_006, 0.000_005],
    0.104_820,
);
const INSERTION_BLUR: ([f32; 5], f64) = (
    [0.000_005, 0.041_439, 0.605_258, 0.625_022, 0.603_455],
    0.393_362,
);
const DELETION_MEAN: ([f32; 5], f64) = (
    [0.603_455, 0.010_122, 0.016_433, 0.008_282, 0.001_236],
    0.084_296,
);
const INSERTION_MEAN: ([f32; 5], f64) = (
    [0.001_236, 0.154_369, 0.518_332, 0.844_538, 0.603_455],
    0.454_896,
);

/// What ROAD, ARCC and ADCC are of a map.
struct Faithfulness {
    morf: [f32; 9],
    lerf: [f32; 9],
    combined: f64,
    arcc_combined: f64,
    coherency: f64,
    complexity: f64,
    arcc: f64,
    adcc: f64,
    average_drop: f64,
}

/// Of the reference's maps at layer4, with the softmax of the top class.
///
/// ROAD at p = 10, 20 … 90 and the parts of ARCC: pytorch-grad-cam's `ROADMostRelevantFirst` and `ROADLeastRelevantFirst`,
/// `ROADCombined` with its own percentiles and with ARCC's (20, 40, 60, 80), `Coherency`, `Complexity` and `ARCC`, printed
/// by `scripts/make_metrics.py` (pytorch-grad-cam 1.5.7, SciPy 1.17.1). Tolerance 2e-3: its noise is not ours, but 0.01 in
/// an input of -124 to 151; without noise the two differ as little.
///
/// ADCC, which pytorch-grad-cam does not have, and its relative drop: from the paper's definitions with PyTorch's
/// probabilities, pytorch-grad-cam's map of the masked picture and SciPy's `pearsonr` and `hmean`, printed by the same
/// script (PyTorch 2.5.1). Its coherency and complexity are ARCC's to 1e-6. Tolerance 2e-3: the drop divides what is right
/// to 1e-3 by a probability of 0.6.
///
/// The masked picture is explained by Grad-CAM each time: the other two take a pass for each channel.
const FAITHFULNESS: [(&str, Faithfulness); 3] = [
    (
        "gradcam",
        Faithfulness {
            morf: [
                -0.602_148, -0.601_392, -0.601_314, -0.594_678, -0.590_150, -0.585_221, -0.587_804,
                -0.521_932, -0.201_865,
            ],
            lerf: [
                -0.603_451, -0.600_257, -0.594_891, -0.516_053, -0.338_087, -0.007_528, 0.024_108,
                0.026_766, 0.004_157,
            ],
            combined: 0.126_745,
            arcc_combined: 0.150_778,
            coherency: 0.991_738,
            complexity: 0.345_850,
            arcc: 0.512_548,
            adcc: 0.670_887,
            average_drop: 0.483_114,
        },
    ),
    (
        "ablationcam",
        Faithfulness {
            morf: [
                -0.602_151, -0.601_274, -0.601_304, -0.602_422, -0.585_776, -0.588_390, -0.590_012,
                -0.460_227, -0.235_857,
            ],
            lerf: [
                -0.603_453, -0.600_827, -0.591_235, -0.534_522, -0.210_024, 0.084_883, 0.023_572,
                0.024_395, 0.010_198,
            ],
            combined: 0.137_263,
            arcc_combined: 0.153_292,
            coherency: 0.993_208,
            complexity: 0.356_754,
            arcc: 0.515_213,
            adcc: 0.677_673,
            average_drop: 0.463_939,
        },
    ),
    (
        "scorecam",
        Faithfulness {
            morf: [
                -0.601_348, -0.601_243, -0.601_362, -0.597_244, -0.587_525, -0.598_148, -0.590_010,
                -0.396_869, -0.283_175,
            ],
            lerf: [
                -0.603_452, -0.597_569, -0.595_463, -0.538_946, -0.289_560, 0.096_549, 0.023_683,
                0.016_530, 0.004_460,
            ],
            combined: 0.131_843,
            arcc_combined: 0.146_252,
            coherency: 0.993_826,
            complexity: 0.320_500,
            arcc: 0.508_781,
            adcc: 0.735_850,
            average_drop: 0.374_622,
        },
    ),
];

/// The drawn picture, and the reference's final map of one method at layer4, or where it exceeds a value.
fn drawn(map: &str) -> (camscope::explainer::Picture, Heatmap) {
    let folder = common::fixtures().join("reference");
    let tensors = Tensors::read(&folder.join("drawn.safetensors"));
    let (method, above) = map.split_once(" > ").unwrap_or((map, ""));
    let mut values = tensors.need(&format!("{method}.layer4.final")).to_vec();
    if let Ok(above) = above.parse::<f32>() {
        for value in &mut values {
            *value = f32::from(*value > above);
        }
    }
    let map = Heatmap::new(224, 224, values);
    (picture(&folder.join("drawn.png")), map)
}

fn measure(explainer: &Explainer, method: &str, options: &MeasureOptions) -> Result<Measures> {
    let (photo, map) = drawn(method);
    let go_on = |_: Progress| async { true }.boxed_local();
    pollster::block_on(explainer.measure(&photo, &map, options, &go_on))
}

fn options(metrics: &[Metric]) -> MeasureOptions {
    MeasureOptions {
        crop: Crop::Squash,
        metrics: metrics.to_vec(),
        ..MeasureOptions::default()
    }
}

#[test]
fn confidence_change_drop_and_increase_agree_with_pytorch_grad_cam() {
    let explainer = Explainer::new(common::resnet50_f32());
    for (map, change, drop, increase) in CONFIDENCE {
        let found = measure(&explainer, map, &options(&[Metric::Confidence]));
        let confidence = found.expect("the map fits").confidence.expect("asked for");
        assert!(
            (confidence.change() - change).abs() <= 1e-3,
            "{map}: {confidence:?} changes not by {change}"
        );
        assert!(
            (confidence.drop() - drop).abs() <= 1e-3,
            "{map}: {confidence:?} drops not by {drop}"
        );
        assert_eq!(f32::from(confidence.increase()), increase, "{map}");
    }
}

#[test]
fn the_whole_picture_keeps_the_confidence_and_nothing_loses_it() {
    let explainer = Explainer::new(common::resnet50_f32());
    let (photo, _) = drawn("gradcam");
    let go_on = |_: Progress| async { true }.boxed_local();
    let change = |value: f32| {
        let map = Heatmap::new(224, 224, vec![value; 224 * 224]);
        let options = options(&[Metric::Confidence]);
        let found = pollster::block_on(explainer.measure(&photo, &map, &options, &go_on));
        found
            .expect("the map fits")
            .confidence
            .expect("asked for")
            .change()
    };
    assert!(change(1.0).abs() < 1e-6);
    assert!(change(0.0) < -0.3);
}

#[test]
fn deletion_and_insertion_agree_with_numpy_and_pytorch() {
    let explainer = Explainer::new(common::resnet50_f32());
    let cases = [
        (Substrate::Blur, DELETION_BLUR, INSERTION_BLUR),
        (Substrate::Mean, DELETION_MEAN, INSERTION_MEAN),
    ];
    for (substrate, deletion, insertion) in cases {
        let options = MeasureOptions {
            substrate,
            steps: 4,
            ..options(&[Metric::Deletion, Metric::Insertion])
        };
        let found = measure(&explainer, "gradcam", &options).expect("the map fits");
        for (curve, (probabilities, area)) in
            [(found.deletion, deletion), (found.insertion, insertion)]
        {
            let curve = curve.expect("asked for");
            let difference = common::max_difference(&curve.probabilities, &probabilities);
            assert!(difference <= 1e-3, "{substrate:?}: {curve:?}");
            assert!(
                (curve.area - area).abs() <= 1e-3,
                "{substrate:?}: {curve:?}"
            );
        }
    }
}

#[test]
fn road_arcc_and_adcc_agree_with_pytorch_grad_cam_and_scipy() {
    let explainer = Explainer::new(common::resnet50_f32());
    let explain = common::options(Method::GradCam, Layer::Layer4);
    let options = MeasureOptions {
        explain: Some(explain),
        ..options(&[Metric::Road, Metric::Adcc, Metric::Arcc])
    };
    for (map, expected) in FAITHFULNESS {
        let found = measure(&explainer, map, &options).expect("the map fits");
        let road = found.road.expect("asked for");
        assert_eq!(road.percentiles, [10, 20, 30, 40, 50, 60, 70, 80, 90]);
        for (changes, reference) in [(&road.morf, expected.morf), (&road.lerf, expected.lerf)] {
            let difference = common::max_difference(changes, &reference);
            assert!(difference < 2e-3, "{map}: {road:?}");
        }
        let near = |value: f64, reference: f64, tolerance: f64| {
            assert!(
                (value - reference).abs() < tolerance,
                "{map}: {value}, not {reference}"
            );
        };
        near(road.combined(), expected.combined, 2e-3);
        let arcc = found.arcc.expect("asked for");
        near(arcc.road / 2.0, expected.arcc_combined, 2e-3);
        near(arcc.arcc, expected.arcc, 3e-3);
        let adcc = found.adcc.expect("asked for");
        near(adcc.coherency, expected.coherency, 1e-3);
        near(arcc.coherency, expected.coherency, 1e-3);
        near(adcc.complexity, expected.complexity, 1e-3);
        near(adcc.average_drop, expected.average_drop, 2e-3);
        near(adcc.adcc, expected.adcc, 2e-3);
    }
}

#[test]
fn a_measure_leaves_the_view_and_counts_what_coherency_takes() {
    let explainer = Explainer::new(common::tiny_default());
    let photo = common::noise(40, 40);
    let explain = common::options(Method::ScoreCam, Layer::Layer3);
    let found = common::explain(&explainer, &photo, &explain);
    let heard = std::cell::RefCell::new(Vec::new());
    let listen = |progress: Progress| {
        heard.borrow_mut().push((progress.done, progress.total));
        async { true }.boxed_local()
    };
    let options = MeasureOptions {
        explain: Some(explain.clone()),
        ..options(&[Metric::Arcc, Metric::Adcc])
    };
    let run = |options| pollster::block_on(explainer.measure(&photo, &found.map, options, &listen));
    let measures = run(&options).expect("the map fits");
    let coherency = measures.adcc.expect("asked for").coherency;
    assert!(coherency > 0.0 && coherency < 1.0, "{coherency}");
    let heard = heard.take();
    // One of the masked picture, eight of ROAD, and those of ScoreCAM.
    let &(done, total) = heard.last().expect("progress was made");
    assert!(
        done == total && total > 9 && heard[0] == (0, 9),
        "{heard:?}"
    );
    assert!(heard.is_sorted_by_key(|&(done, _)| done), "{heard:?}");
    assert_eq!(common::explain(&explainer, &photo, &explain).map, found.map);
    // A map that does not depend on the picture is coherent.
    let fixed = MeasureOptions {
        explain: None,
        ..options.clone()
    };
    assert_eq!(
        run(&fixed)
            .expect("the map fits")
            .adcc
            .expect("asked for")
            .coherency,
        1.0
    );
}

#[test]
fn each_curve_alone_is_the_one_of_both() {
    let explainer = Explainer::new(common::tiny_default());
    let map = Heatmap::new(
        40,
        40,
        (0..1600)
            .map(|at| ((at * 37) % 101) as f32 / 100.0)
            .collect(),
    );
    let photo = common::noise(40, 40);
    let go_on = |_: Progress| async { true }.boxed_local();
    let run = |metrics: &[Metric]| {
        pollster::block_on(explainer.measure(&photo, &map, &options(metrics), &go_on))
            .expect("the map fits")
    };
    let both = run(&[Metric::Deletion, Metric::Insertion]);
    assert_eq!(run(&[Metric::Deletion]).deletion, both.deletion);
    assert_eq!(run(&[Metric::Insertion]).insertion, both.insertion);
    let (deletion, insertion) = (
        both.deletion.expect("asked for"),
        both.insertion.expect("asked for"),
    );
    assert_eq!(deletion.shares.len(), 33);
    assert_eq!(deletion.probabilities[0], insertion.probabilities[32]);
    assert_eq!(deletion.probabilities[32], insertion.probabilities[0]);
}

#[test]
fn progress_counts_every_pass_and_cancel_stops() {
    let explainer = Explainer::new(common::tiny_default());
    let map = Heatmap::new(40, 40, vec![0.5; 1600]);
    let photo = common::noise(40, 40);
    let options = options(&[Metric::Confidence, Metric::Deletion, Metric::Insertion]);
    let heard = std::cell::RefCell::new(Vec::new());
    let listen = |progress: Progress| {
        heard.borrow_mut().push((progress.done, progress.total));
        async { true }.boxed_local()
    };
    pollster::block_on(explainer.measure(&photo, &map, &options, &listen)).expect("the map fits");
    let heard = heard.into_inner();
    // One for the confidence, 32 a curve, and the picture with everything deleted only once.
    assert_eq!((heard[0], heard.last()), ((0, 64), Some(&(64, 64))));
    assert!(heard.is_sorted());
    let stop = |progress: Progress| async move { progress.done < 3 }.boxed_local();
    let stopped = pollster::block_on(explainer.measure(&photo, &map, &options, &stop));
    assert_eq!(stopped.expect_err("it was cancelled"), Error::Cancelled);
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let explainer = Explainer::new(common::tiny_default());
    let photo = common::noise(40, 40);
    let go_on = |_: Progress| async { true }.boxed_local();
    let refused = |side: usize, options: &MeasureOptions| {
        let map = Heatmap::new(side, side, vec![1.0; side * side]);
        pollster::block_on(explainer.measure(&photo, &map, options, &go_on))
            .expect_err("it makes no sense")
            .to_string()
    };
    let confidence = options(&[Metric::Confidence]);
    assert!(refused(7, &confidence).contains("7 × 7"));
    let class = MeasureOptions {
        target: Some(5),
        ..confidence
    };
    assert!(refused(40, &class).contains("class 5"));
    let steps = MeasureOptions {
        steps: 0,
        ..options(&[Metric::Deletion])
    };
    assert!(refused(40, &steps).contains("0 steps"));
}
