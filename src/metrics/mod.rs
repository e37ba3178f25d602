//! Numbers that say how far a heatmap can be trusted.
//!
//! [`focus`] and [`agreement`] look at maps alone. [`confidence`] and [`curves`] say what the network makes of the
//! picture when the map decides which pixels it still sees; [`crate::explainer::measure`] asks it. [`baseline`] has
//! the maps that any of these numbers must be compared with.

pub mod agreement;
pub mod baseline;
mod blur;
pub mod confidence;
pub mod curves;
pub mod focus;
