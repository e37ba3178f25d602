//! camscope.
pub mod weights;
