//! Storing policies: versions, their files, and what is refused.

use std::fs;

use countersign::exit::Exit;
use countersign_tests::Run;

use crate::stored::{Stored, file, source};
use crate::terminal::{File, countersign};

#[test]
fn versions_follow_each_other_and_nothing_is_overwritten() {
    let run = Run::connect();
    let _policy = Stored::on(&run);
    let first = countersign(&run, &["policy", "show", "--json"]).json();
    let number = |value: &serde_json::Value| value["version"].as_u64().unwrap_or_default();
    let expected = number(&first).to_string();

    let second = file("second");
    let pushed = countersign(&run, &["policy", "push", second.path(), "--expect", &expected]);
    assert!(pushed.fine().contains(&format!("as version {}", number(&first) + 1)), "{}", pushed.out);
    assert!(
        pushed.out.contains("  levels: 2 levels\n  short: 1 level\n  free: no approval needed\n"),
        "{}",
        pushed.out
    );

    let again = countersign(&run, &["policy", "push", second.path()]);
    assert!(again.fine().starts_with("unchanged: "), "{}", again.out);

    // Who has not seen the second version does not replace it.
    let third = file("third");
    let refused = countersign(&run, &["policy", "push", third.path(), "--expect", &expected]);
    assert_eq!(refused.exit, Exit::Failed, "{}", refused.out);
    let stands = format!("there is version {}, stored at ", number(&first) + 1);
    assert!(refused.out.contains(&stands), "{}", refused.out);

    let shown = countersign(&run, &["policy", "show"]);
    assert_eq!(shown.fine(), source("second"), "the file as it was stored");
    let older = countersign(&run, &["policy", "show", "--version", &expected]);
    assert_eq!(older.fine(), first["source"].as_str().unwrap_or_default());
    let unknown = countersign(&run, &["policy", "show", "--version", "999"]);
    assert_eq!((unknown.exit, unknown.out.as_str()), (Exit::Failed, ""), "{}", unknown.err);

    let history = countersign(&run, &["policy", "history", "--json"]).json();
    let versions: Vec<_> = history["versions"].as_array().into_iter().flatten().map(number).collect();
    assert_eq!(versions.first(), Some(&(number(&first) + 1)));
    assert!(versions.is_sorted_by(|newer, older| newer > older), "{versions:?}");
    let size = fs::metadata(second.path()).map(|file| file.len()).unwrap_or_default();
    assert_eq!(history["versions"][0]["size"], size);
    assert!(
        countersign(&run, &["policy", "history"])
            .fine()
            .contains(history["versions"][0]["hash"].as_str().unwrap_or("?"))
    );
}

#[test]
fn a_file_with_mistakes_is_not_stored() {
    let run = Run::connect();
    let _policy = Stored::on(&run);
    let before = countersign(&run, &["policy", "show", "--json"]).json()["source"].clone();
    let wrong = File::with(&source("wrong").replace("quorum = 2", "quorum = 4"));
    let refused = countersign(&run, &["policy", "push", wrong.path()]);
    assert_eq!(refused.exit, Exit::Mistakes, "{}", refused.out);
    assert!(refused.out.contains("error: "), "{}", refused.out);
    let after = countersign(&run, &["policy", "show", "--json"]).json()["source"].clone();
    assert!(!after.as_str().unwrap_or_default().contains("quorum = 4"), "before: {before}");
}
