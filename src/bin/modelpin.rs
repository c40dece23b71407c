//! The `modelpin` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    modelpin::cli::main()
}
