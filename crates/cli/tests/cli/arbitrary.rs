//! Whatever the bytes are, the compiler answers.

use std::fs;

use countersign::policy::{Compiled, MAX_BYTES, Severity, compile};
use proptest::prelude::*;

use crate::{example, files};

/// An answer is a policy without errors, or errors without a policy, each at a place of the file.
fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Compiled { policy, mistakes } = compile(bytes);
    let errors = mistakes.iter().filter(|mistake| mistake.severity == Severity::Error).count();
    prop_assert_eq!(policy.is_some(), errors == 0);
    let lines = bytes.split(|byte| *byte == b'\n').count();
    for mistake in mistakes {
        prop_assert!((1..=lines).contains(&mistake.line), "{mistake:?}");
        prop_assert!((1..=bytes.len() + 1).contains(&mistake.column), "{mistake:?}");
    }
    Ok(())
}

/// Every file that is known, good and bad.
fn known() -> Vec<Vec<u8>> {
    let broken = files("policies").into_iter().map(|(_, path)| fs::read(path).unwrap());
    broken.chain([fs::read(example()).unwrap()]).collect()
}

/// Something that happens to a file.
#[derive(Clone, Debug)]
enum Edit {
    Remove(prop::sample::Index, usize),
    Insert(prop::sample::Index, Vec<u8>),
    Repeat(prop::sample::Index, usize),
    Swap(prop::sample::Index, prop::sample::Index),
}

fn any_edit() -> impl Strategy<Value = Edit> {
    let at = any::<prop::sample::Index>;
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..4),
        "[\\[\\]{}\"'=,.#\n*?0-9a-z ]{1,6}".prop_map(String::into_bytes),
        prop::sample::select(vec![
            "[[rule]]\n",
            "[[rule.level]]\n",
            "[[target]]\n",
            "poll = \"1s\"\n",
            "[rule.level.escalate]\n",
            "quorum = 4294967296\n",
            "quorum = 4294967295\n",
            "on_silence = \"approve\"\n",
            "same_person = true\n",
            "deadline = \"1s\"\n",
            "\u{feff}",
            "\u{202e}",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        (at(), 1..80_usize).prop_map(|(at, length)| Edit::Remove(at, length)),
        (at(), piece).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        (at(), 1..200_usize).prop_map(|(at, length)| Edit::Repeat(at, length)),
        (at(), at()).prop_map(|(one, other)| Edit::Swap(one, other)),
    ]
}

impl Edit {
    fn apply(self, bytes: &mut Vec<u8>) {
        let length = bytes.len();
        match self {
            Self::Remove(at, count) if length > 0 => {
                let at = at.index(length);
                bytes.drain(at..length.min(at + count));
            }
            Self::Insert(at, piece) => {
                let at = at.index(length + 1);
                bytes.splice(at..at, piece);
            }
            Self::Repeat(at, count) if length > 0 => {
                let at = at.index(length);
                let piece = bytes[at..length.min(at + count)].to_vec();
                bytes.splice(at..at, piece);
            }
            Self::Swap(one, other) if length > 0 => bytes.swap(one.index(length), other.index(length)),
            Self::Remove(..) | Self::Repeat(..) | Self::Swap(..) => {}
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes)?;
    }

    #[test]
    fn any_text_gets_an_answer(text in "(?s).{0,200}") {
        check(text.as_bytes())?;
    }

    #[test]
    fn any_edit_of_a_file_gets_an_answer(
        file in any::<prop::sample::Index>(),
        edits in prop::collection::vec(any_edit(), 1..6),
    ) {
        let known = known();
        let mut bytes = known[file.index(known.len())].clone();
        for edit in edits {
            edit.apply(&mut bytes);
        }
        check(&bytes)?;
    }
}

/// The worst files that fit: deep, with much to compare, and with many who may all serve everywhere.
#[test]
fn a_file_that_is_made_to_be_slow_gets_an_answer() {
    let numbered = |count: usize, shape: &str| -> String {
        (0..count).map(|number| shape.replace('#', &number.to_string())).collect()
    };
    let globs = |count| numbered(count, "\"[a-f]*#?[a-z]*x\",");
    let rule = format!("[[rule]]\nname = \"#\"\nenvironment = [{}]\n", numbered(60, "\"[g-z]*?[a-z]*y\","));
    let people = numbered(3_000, "#={email=\"#@a.bc\"}\n");
    let team = numbered(3_000, "\"#\",");
    let level = "[[rule.level]]\nname='a'\n[[rule.level.group]]\napprovers=['t']\nquorum=1500\n";
    let place = "kind='lambda'\nfunction='f#'\nalias='a'\n";
    let target = format!("[[target]]\nenvironment='e#'\n{place}service=[{}]\n", globs(60));
    let narrow = format!("[[target]]\nservice='[a-f]*#?'\nenvironment='e'\n{place}");
    for text in [
        "[".repeat(100_000),
        format!("schema = 1\na = {}", "[".repeat(99_000)),
        format!("schema = 1\na{} = 1", ".a".repeat(40_000)),
        format!("schema = 1\n{}", numbered(9_000, "k# = 1\n")),
        format!("schema = 1\nprotected_environments = [{}]\n{}", globs(100), numbered(60, &rule)),
        format!("schema = 1\n{}", numbered(60, &target)),
        format!("schema = 1\n{}", numbered(1_000, &narrow)),
        format!("schema = 1\n{}", numbered(2_500, "[people.p#]\nemail=\"p#@a.bc\"\n")),
        format!(
            "schema=1\n[people]\n{people}[teams]\nt=[{team}]\n[[rule]]\nname='r'\ndeadline='1h'\n{level}{level}"
        ),
    ] {
        assert!(text.len() <= MAX_BYTES, "{} bytes", text.len());
        assert!(compile(text.as_bytes()).policy.is_none());
    }
}
