//! Making a failing run small: leaving choices out, and making them calm, for as long as it breaks the same promise.

use crate::choices::Choices;
use crate::trace::Trace;
use crate::{Report, play, replay};

/// How many runs are tried.
const TRIES: usize = 3_000;

/// A run that was made small.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The run, told.
    pub report: Report,
    /// How many of its choices are not calm.
    pub left: usize,
    /// How many runs were tried.
    pub tries: usize,
}

/// Makes a failing run small.
pub fn shrink(failed: &Report) -> Shrunk {
    let promise = failed.violation.as_ref().map(|violation| violation.promise);
    let mut tries = 0;
    let best = smallest(failed.choices.clone(), |list| {
        tries += 1;
        let report = play(Choices::listed(list), Trace::default());
        let is_same = report.violation.as_ref().map(|violation| violation.promise) == promise;
        is_same.then_some(report.choices)
    });
    Shrunk { left: unrest(&best), report: replay(best), tries }
}

/// The smallest list that was found for which `fails` gives the choices that were made by it. It leaves out and calms
/// halves first, then smaller and smaller parts.
fn smallest(failing: Vec<u32>, mut fails: impl FnMut(Vec<u32>) -> Option<Vec<u32>>) -> Vec<u32> {
    let mut best = failing;
    let mut tries = 0;
    let mut size = best.len();
    while size > 0 {
        let mut at = 0;
        while at < best.len() {
            let smaller = without(&best, at, size).into_iter().find_map(|list| {
                tries += 1;
                let found = if tries > TRIES { None } else { fails(list) };
                found.filter(|found| (unrest(found), found.len()) < (unrest(&best), best.len()))
            });
            match smaller {
                Some(smaller) => best = smaller,
                None => at += size,
            }
        }
        size /= 2;
    }
    best
}

/// The list without a part, and with that part calm.
fn without(list: &[u32], at: usize, size: usize) -> [Vec<u32>; 2] {
    let end = (at + size).min(list.len());
    let mut shorter = list.to_vec();
    shorter.drain(at..end);
    let mut calmer = list.to_vec();
    calmer.get_mut(at..end).unwrap_or_default().fill(0);
    [shorter, calmer]
}

/// How many choices are not calm.
fn unrest(choices: &[u32]) -> usize {
    choices.iter().filter(|choice| **choice != 0).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_matter_goes() {
        let failing: Vec<u32> = (1..100).collect();
        let fails = |list: Vec<u32>| (list.contains(&17) && list.contains(&80)).then_some(list);
        assert_eq!(smallest(failing, fails), [17, 80]);
    }

    #[test]
    fn where_places_matter_the_rest_becomes_calm() {
        let failing: Vec<u32> = (1..50).collect();
        let fails = |list: Vec<u32>| (list.get(20) == Some(&21)).then_some(list);
        let found = smallest(failing, fails);
        assert_eq!((found.len(), unrest(&found)), (21, 1));
    }
}
