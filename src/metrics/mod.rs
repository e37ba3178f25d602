//! Numbers that say how far a heatmap can be trusted.
//!
//! [`focus`] and [`agreement`] look at maps alone; [`confidence`] asks the network again.

pub mod agreement;
pub mod confidence;
pub mod focus;
