//! The `modelpin` command.

fn main() {}
