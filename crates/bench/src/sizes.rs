//! How large the binaries are, and the files that are uploaded of them.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::record::Size;
use crate::subject::{FLOOR, ONE_CALL, ROLES};

/// What a zip file with one entry adds to that entry.
const FRAME: u64 = 150;

/// The sizes of all functions that are built, and of what they are measured against.
pub(crate) fn of(binaries: &Path) -> io::Result<Vec<Size>> {
    let size = |role: &str| -> io::Result<Size> {
        let binary = fs::read(binaries.join(role))?;
        let mut zip = DeflateEncoder::new(Vec::new(), Compression::default());
        zip.write_all(&binary)?;
        let zip = zip.finish()?;
        Ok(Size {
            role: role.to_owned(),
            binary_bytes: binary.len() as u64,
            zip_bytes: zip.len() as u64 + FRAME,
        })
    };
    let built = ROLES.into_iter().chain([FLOOR, ONE_CALL]).filter(|role| binaries.join(role).is_file());
    built.map(size).collect()
}
