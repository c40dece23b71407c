//! Buttons in worlds of any shape: what can be reached by presses alone, and what no press can do.

mod forged;
mod reach;
mod world;
