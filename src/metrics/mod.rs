//! Numbers that say how far a heatmap can be trusted.
//!
//! [`focus`] and [`agreement`] look at maps alone. [`confidence`], [`curves`], [`road`] and [`adcc`] say what the network
//! makes of the picture when the map decides which pixels it still sees; [`crate::explainer::measure`] asks it.
//! [`randomization`] asks whether the map shows what the network has learned at all.
//! [`baseline`] has the maps that any of these numbers must be compared with, [`statistics`] what many of them say
//! together.

pub mod adcc;
pub mod agreement;
pub mod baseline;
mod blur;
pub mod confidence;
pub mod curves;
pub mod focus;
mod impute;
pub mod randomization;
pub mod road;
pub mod statistics;
