//! Files that can be read in one sitting.

use crate::code::{files_under, read};

const LONGEST: usize = 500;

#[test]
fn no_file_is_too_long() {
    for directory in ["crates", "tests", "infra"] {
        for extension in ["rs", "py", "html", "txt", "css", "js"] {
            for path in files_under(directory, extension) {
                let lines = read(&path).lines().count();
                assert!(lines <= LONGEST, "{path} has {lines} lines");
            }
        }
    }
}

#[test]
fn every_source_says_what_it_is() {
    let mut files = [files_under("crates", "rs"), files_under("tests", "rs")].concat();
    files.retain(|path| {
        let text = read(path);
        !(text.starts_with("//! ") || text.starts_with("#![doc = include_str!("))
    });
    assert!(files.is_empty(), "these do not start with what lives there: {files:?}");
}
