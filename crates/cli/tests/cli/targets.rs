//! What a target may say at most, and what it says when it says nothing.

use common::domain::{Destination, LambdaAlias, Rollout};
use countersign::policy::compile;

/// What becomes of a target for checkout in production with these keys; or what is wrong with it.
fn rollout(keys: &str) -> Result<Rollout, Vec<String>> {
    let text = format!(
        "schema = 1\n[[rule]]\nname = \"all\"\n[[target]]\nservice = \"checkout\"\nenvironment = \"production\"\n\
         kind = \"lambda\"\n{keys}\n"
    );
    let compiled = compile(text.as_bytes());
    let messages = compiled.mistakes.into_iter().map(|mistake| mistake.message).collect();
    compiled.policy.map(|policy| policy.targets[0].rollout.clone()).ok_or(messages)
}

/// A target that leads to the alias live of checkout.
fn timed(keys: &str) -> Result<(Option<u32>, u32, u32), Vec<String>> {
    let rollout = rollout(&format!("function = \"checkout\"\nalias = \"live\"\n{keys}"))?;
    Ok((rollout.max_age_seconds, rollout.poll_seconds, rollout.limit_seconds))
}

fn place(function: &str, alias: &str) -> Result<LambdaAlias, Vec<String>> {
    let rollout = rollout(&format!("function = \"{function}\"\nalias = \"{alias}\""))?;
    let Destination::Lambda(place) = rollout.to;
    Ok(place)
}

#[test]
fn a_target_that_says_nothing_of_time_has_the_defaults() {
    assert_eq!(timed(""), Ok((None, 15, 3_600)));
    assert_eq!(timed("max_age = \"1s\""), Ok((Some(1), 15, 3_600)));
}

#[test]
fn the_longest_times_are_possible_and_longer_ones_are_not() {
    let longest = "max_age = \"365d\"\npoll = \"1h\"\nlimit = \"7d\"";
    assert_eq!(timed(longest), Ok((Some(31_536_000), 3_600, 604_800)));
    let messages = timed("poll = \"3601s\"\nlimit = \"604801s\"").unwrap_err();
    assert_eq!(messages, ["poll is 1h 1s; at most 1h is possible", "limit is 7d 1s; at most 7d is possible"]);
}

#[test]
fn a_workflow_looks_so_often_that_its_history_has_room() {
    assert_eq!(timed("poll = \"2s\"\nlimit = \"1000s\""), Ok((None, 2, Rollout::MAX_POLLS * 2)));
    let messages = timed("poll = \"2s\"\nlimit = \"1001s\"").unwrap_err();
    assert_eq!(messages, ["a workflow would look 501 times; at most 500 are possible"]);
}

#[test]
fn it_looks_at_least_twice() {
    assert_eq!(timed("poll = \"1s\"\nlimit = \"2s\""), Ok((None, 1, 2)));
    for limit in ["1s", "2s"] {
        let messages = timed(&format!("poll = \"2s\"\nlimit = \"{limit}\"")).unwrap_err();
        assert_eq!(messages, [format!("poll is 2s, so the limit of {limit} is over before the second look")]);
    }
}

#[test]
fn names_are_what_lambda_allows() {
    let place_of =
        |function: &str, alias: &str| LambdaAlias { function: function.to_owned(), alias: alias.to_owned() };
    for (function, alias) in [("checkout", "live"), ("A-b_9", "_9"), (&"f".repeat(64), &"a".repeat(128))] {
        assert_eq!(place(function, alias), Ok(place_of(function, alias)));
    }
    assert_eq!(place(" checkout ", " live "), Ok(place_of("checkout", "live")));
    for alias in ["", "7", "$LATEST", "a.b", "ä", &"a".repeat(129)] {
        assert_eq!(place("checkout", alias).unwrap_err().len(), 1, "{alias}");
    }
    for function in ["", "a:live", "a.b", "ä", &"f".repeat(65)] {
        assert_eq!(place(function, "live").unwrap_err().len(), 1, "{function}");
    }
}
