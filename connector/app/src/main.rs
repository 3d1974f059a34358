//! The executable.

fn main() -> std::process::ExitCode {
    adit::program::main()
}
