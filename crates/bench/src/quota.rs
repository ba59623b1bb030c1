//! The share of a CPU that Lambda gives a function by its memory, imitated by a control group
//! (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>: 1,769 MB are one CPU).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const WHOLE_CPU_MB: u64 = 1_769;
const PERIOD_MICROSECONDS: u64 = 20_000;

/// A control group; processes that are in it share this much of one CPU.
pub(crate) struct Quota {
    directory: PathBuf,
}

impl Quota {
    pub(crate) fn of_memory(megabytes: u64) -> io::Result<Self> {
        let quota = PERIOD_MICROSECONDS * megabytes / WHOLE_CPU_MB;
        let (root, limits) = if Path::new("/sys/fs/cgroup/cgroup.controllers").exists() {
            ("/sys/fs/cgroup", vec![("cpu.max", format!("{quota} {PERIOD_MICROSECONDS}"))])
        } else {
            let period = ("cpu.cfs_period_us", PERIOD_MICROSECONDS.to_string());
            ("/sys/fs/cgroup/cpu", vec![period, ("cpu.cfs_quota_us", quota.to_string())])
        };
        let directory = Path::new(root).join(format!("bench-{}-{megabytes}", std::process::id()));
        fs::create_dir_all(&directory)?;
        let made = Self { directory };
        for (file, value) in limits {
            fs::write(made.directory.join(file), value)?;
        }
        Ok(made)
    }

    /// Puts a process there.
    pub(crate) fn hold(&self, process: u32) -> io::Result<()> {
        fs::write(self.directory.join("cgroup.procs"), process.to_string())
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        fs::remove_dir(&self.directory).ok();
    }
}
