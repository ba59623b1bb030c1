#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod samples;
mod targets;
mod world;

use std::path::Path;

/// Something that reads what others wrote.
#[derive(Clone, Copy)]
pub struct Target {
    /// The name of its file.
    pub name: &'static str,
    /// Hands it the bytes, and says whether they got through: opened, decided, compiled, or did what they are for.
    ///
    /// # Panics
    /// When what must hold does not.
    pub run: fn(&[u8]) -> bool,
    samples: fn(&Path) -> Vec<Vec<u8>>,
}

/// Every target.
pub const TARGETS: [Target; 6] = [
    Target { name: "form_body", run: targets::form_body::run, samples: targets::form_body::samples },
    Target { name: "link_token", run: targets::link_token::run, samples: targets::link_token::samples },
    Target { name: "policy", run: targets::policy::run, samples: targets::policy::samples },
    Target { name: "slack_body", run: targets::slack_body::run, samples: targets::slack_body::samples },
    Target { name: "stream", run: targets::stream::run, samples: targets::stream::samples },
    Target { name: "task", run: targets::task::run, samples: targets::task::samples },
];

impl Target {
    /// The target with this name.
    pub fn named(name: &str) -> Option<Self> {
        TARGETS.into_iter().find(|target| target.name == name)
    }

    /// Bytes to begin with: the samples of the project, and what was found once.
    pub fn seeds(&self) -> Vec<Vec<u8>> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut seeds = (self.samples)(&here.join("../.."));
        seeds.extend(samples::files(&here.join("found").join(self.name)));
        seeds
    }
}
