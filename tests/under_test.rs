//! The executable as the tests start it: the same, with fail-points switched on by `FAILPOINTS`.

fn main() -> std::process::ExitCode {
    let _scenario = fail::FailScenario::setup();
    adit::program::main()
}
