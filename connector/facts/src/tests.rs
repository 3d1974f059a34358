//! The behaviour of the package as a whole.

mod differential;
mod fetch;
mod gate;
mod standard;
mod store;
mod view;
mod world;
