//! Where things are: the repository, what is installed for it, and the state of a run.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::error::Error;

/// The repository's root. Cargo says it to what it runs; a binary that several checkouts share may have been
/// compiled in another one.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let here = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        here.ancestors().nth(2).unwrap_or(&here).to_owned()
    });
    &ROOT
}

/// A path below the root.
pub(crate) fn path(relative: &str) -> PathBuf {
    root().join(relative)
}

/// The cargo that runs us, so that the tools of one toolchain are used throughout.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The directory of one run, held by a lock that the system releases however we end.
pub(crate) struct StateDirectory {
    path: PathBuf,
    _lock: File,
}

impl StateDirectory {
    pub(crate) fn claim(path: PathBuf) -> Result<Self, Error> {
        let lock = lock_file(&path)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Error::AlreadyRunning { state: path }),
            Err(TryLockError::Error(source)) => {
                Err(Error::File { what: "Cannot lock", path: path.join("lock"), source })
            }
        }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// The lock file of a directory, which is made where it is missing.
pub(crate) fn lock_file(directory: &Path) -> Result<File, Error> {
    fs::create_dir_all(directory).map_err(Error::file("Cannot make the directory", directory))?;
    let path = directory.join("lock");
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(Error::file("Cannot open", path))
}

/// Writes a file so that a reader sees all of it or none.
pub(crate) fn write_atomically(path: &Path, content: &[u8]) -> Result<(), Error> {
    let part = path.with_extension("part");
    fs::write(&part, content).map_err(Error::file("Cannot write", &part))?;
    fs::rename(&part, path).map_err(Error::file("Cannot write", path))
}

/// Removes a file that need not be there.
pub(crate) fn remove_if_there(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::file("Cannot remove", path)(error))
        }
        _ => Ok(()),
    }
}
