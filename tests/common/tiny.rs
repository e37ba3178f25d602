// A small network with random weights, for the examples in the documentation, which include this expression:
// 7 classes, 16 to 64 channels, pictures cut to 64 × 64.
{
    use camscope::device::ComputeDevice;
    use camscope::model::checkpoint::{CheckpointOptions, PreprocessingOptions, load};

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/torchvision_tiny.pth");
    let file = std::fs::File::open(path).expect("the file is there");
    let preprocessing = PreprocessingOptions { resize: Some(72), crop: Some(64), ..Default::default() };
    let options = CheckpointOptions { preprocessing, ..Default::default() };
    let model = load(file, options, ComputeDevice::cpu(), &|_, _| Box::pin(async { true }));
    pollster::block_on(model).expect("the file is a checkpoint")
}
