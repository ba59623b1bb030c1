//! Where, when and of what a measurement was made.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::available_parallelism;

use common::adapters::system::SystemClock;
use common::ports::Clock as _;

/// The processor, its cores, and the kernel.
pub(crate) fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split(':').nth(1)).unwrap_or("unknown processor").trim();
    let cores = available_parallelism().map_or(1, usize::from);
    let version = fs::read_to_string("/proc/version").unwrap_or_default();
    let kernel = version.split_whitespace().nth(2).unwrap_or("unknown");
    let kernel = kernel.split('-').next().unwrap_or(kernel);
    format!("{model}, {cores} cores, {}, Linux {kernel}", std::env::consts::ARCH)
}

/// How busy it was in the last minutes, with other things as well: one process is measured at a time.
pub(crate) fn load() -> Option<String> {
    let load = fs::read_to_string("/proc/loadavg").ok()?;
    let minutes = load.split_whitespace().nth(1)?;
    Some(format!("The load average was {minutes} meanwhile; by itself the measurement makes it about 1."))
}

/// Today, in UTC.
pub(crate) fn date() -> String {
    SystemClock.now().to_string().chars().take(10).collect()
}

/// The commit, and whether something is changed that it does not have.
pub(crate) fn commit() -> String {
    let git = |arguments: &[&str]| {
        let run = Command::new("git").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
        run.ok().filter(|output| output.status.success()).map(|output| output.stdout)
    };
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().to_owned();
    let Some(commit) = git(&["rev-parse", "--short=7", "HEAD"]).map(text) else {
        return "unknown".to_owned();
    };
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_none_or(|list| !list.is_empty());
    if changed { format!("{commit} with changes") } else { commit }
}

/// The versions of what is compared with.
pub(crate) fn python(environment: &Path) -> Option<String> {
    let script =
        "import platform, boto3; print(f'CPython {platform.python_version()}, boto3 {boto3.__version__}')";
    let output = Command::new(environment.join("bin/python")).args(["-c", script]).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !said.is_empty()).then_some(said)
}
