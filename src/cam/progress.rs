//! What whoever waits for a long computation is told, and may answer.

use futures_util::future::LocalBoxFuture;

use crate::heatmap::Heatmap;

/// How far a long computation is.
///
/// ```
/// use std::cell::RefCell;
///
/// use camscope::cam::Method;
/// use camscope::cam::progress::Progress;
/// use camscope::explainer::{ExplainOptions, Explainer, Picture};
/// use camscope::model::Layer;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: (0..4800).map(|i| (i % 251) as u8).collect() };
/// let heard = RefCell::new(Vec::new());
/// let observer = |Progress { done, total, .. }: Progress| -> futures_util::future::LocalBoxFuture<'_, bool> {
///     heard.borrow_mut().push((done, total));
///     Box::pin(async { true })
/// };
/// let options = ExplainOptions::new(Method::ScoreCam, Layer::Layer4);
/// pollster::block_on(explainer.explain(&picture, &options, &observer))?;
/// let heard = heard.into_inner();
/// assert!(heard.is_sorted() && heard[0].0 == 0);
/// assert!(heard.last().is_some_and(|(done, total)| done == total));
/// # Ok::<(), camscope::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Progress {
    /// Passes done and to be done.
    pub done: usize,
    pub total: usize,
    /// Estimate, in seconds; none before the first batch.
    pub seconds_left: Option<f64>,
    /// The raw map as it stands.
    pub partial: Option<Heatmap>,
}

impl Progress {
    /// Nothing is done yet, of a total that is not known.
    pub(crate) fn start() -> Self {
        Self {
            done: 0,
            total: 1,
            seconds_left: None,
            partial: None,
        }
    }
}

/// Called between batches; answers whether to go on.
///
/// ```
/// use camscope::cam::Method;
/// use camscope::error::Error;
/// use camscope::explainer::{ExplainOptions, Explainer, Picture};
/// use camscope::model::Layer;
///
/// # let model = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/tiny.rs"));
/// let explainer = Explainer::new(model);
/// let picture = Picture::Rgba { width: 40, height: 30, data: vec![128; 4800] };
/// let options = ExplainOptions::new(Method::ScoreCam, Layer::Layer4);
/// let stopped = explainer.explain(&picture, &options, &|_| Box::pin(async { false }));
/// assert_eq!(pollster::block_on(stopped).err(), Some(Error::Cancelled));
/// ```
pub type Observer<'a> = dyn Fn(Progress) -> LocalBoxFuture<'a, bool> + 'a;
