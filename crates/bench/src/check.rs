//! Whether a run is worse than the recorded one: by ratios, sizes and calls, never by milliseconds.

use crate::calls::Calls;
use crate::figures::{self, Figure, Target, Unit};
use crate::record::{Condition, Record, Row};
use crate::subject::Side;

/// What is worse in the second record than in the first, one sentence each.
pub(crate) fn worse(baseline: &Record, now: &Record) -> Vec<String> {
    let (before, found) = (figures::of(baseline), figures::of(now));
    let mut complaints = Vec::new();
    for was in before.iter().filter(|figure| figure.unit != Unit::Milliseconds) {
        match found.iter().find(|figure| figure.what == was.what) {
            Some(is) => complaints.extend(worse_figure(was, is)),
            None => complaints.push(format!("{} was not measured", was.what)),
        }
    }
    let counted = |row: &&Row| row.side == Side::Countersign && row.condition == Condition::Whole;
    for was in baseline.rows.iter().filter(counted) {
        match now.row(was.condition, was.side, was.job) {
            Some(is) => complaints.extend(more_calls(was, is)),
            None => complaints.push(format!("the calls of \"{}\" were not counted", was.job.title())),
        }
    }
    complaints
}

fn worse_figure(was: &Figure, is: &Figure) -> Option<String> {
    let tolerance = was.tolerance;
    let (is_worse, limit) = match was.target {
        Target::AtLeast(_) => (is.value < was.value * (1.0 - tolerance), was.value * (1.0 - tolerance)),
        Target::AtMost(_) => (is.value > was.value * (1.0 + tolerance), was.value * (1.0 + tolerance)),
    };
    is_worse.then(|| {
        format!("{}: {:.2}, recorded is {:.2}, the limit is {limit:.2}", was.what, is.value, was.value)
    })
}

fn more_calls(was: &Row, is: &Row) -> Vec<String> {
    let stretches = [
        ("while it gets ready", &was.in_init, &is.in_init),
        ("in its first event", &was.in_first, &is.in_first),
        ("in each further event", &was.in_warm, &is.in_warm),
    ];
    let mut complaints = Vec::new();
    for (when, was_called, is_called) in stretches {
        let mut say = |what: &str, was_often: u32, is_often: u32| {
            if is_often > was_often {
                let job = was.job.title();
                complaints.push(format!("{job}: {is_often} {what} {when}, recorded are {was_often}"));
            }
        };
        let count = |calls: &Calls, name: &str| calls.operations.get(name).copied().unwrap_or_default();
        for (name, often) in &is_called.operations {
            say(name, count(was_called, name), *often);
        }
        say("calls in sequence", was_called.in_sequence, is_called.in_sequence);
        say("TLS connections", was_called.connections, is_called.connections);
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::Job;
    use crate::samples::{ROLE, record};

    fn complaints(change: impl Fn(&mut Record)) -> Vec<String> {
        let mut now = record();
        change(&mut now);
        worse(&record(), &now)
    }

    fn ours(record: &mut Record, condition: Condition) -> &mut Row {
        let is_ours = |row: &&mut Row| {
            row.condition == condition && row.side == Side::Countersign && row.job == Job::DecideFromLink
        };
        record.rows.iter_mut().find(is_ours).unwrap()
    }

    #[test]
    fn the_same_again_is_not_worse_and_neither_is_what_is_better() {
        assert!(complaints(|_| {}).is_empty());
        assert!(complaints(|now| ours(now, Condition::Own).cold_cpu_ms.median /= 3.0).is_empty());
    }

    #[test]
    fn another_machine_is_not_worse() {
        let slower = complaints(|now| {
            for row in &mut now.rows {
                for spread in [
                    &mut row.ready_ms,
                    &mut row.cold_ms,
                    &mut row.cold_cpu_ms,
                    &mut row.first_ms,
                    &mut row.warm_ms,
                ] {
                    spread.median *= 7.0;
                }
            }
        });
        assert!(slower.is_empty(), "{slower:?}");
    }

    #[test]
    fn a_ratio_may_be_worse_by_a_quarter_and_no_more() {
        assert!(complaints(|now| ours(now, Condition::Own).cold_cpu_ms.median *= 1.3).is_empty());
        let worse = complaints(|now| ours(now, Condition::Own).cold_cpu_ms.median *= 1.4);
        let said = "decide from a link: CPU to the first answer, Python to ours: 28.57, recorded is 40.00, the limit is 30.00";
        assert_eq!(worse, [said]);
        let worse = complaints(|now| ours(now, Condition::Own).peak_kb.median *= 1.5);
        assert_eq!(worse.len(), 2, "against Python and against the floor: {worse:?}");
    }

    #[test]
    fn a_zip_may_grow_by_a_twentieth() {
        assert!(complaints(|now| now.sizes[0].zip_bytes += 100_000).is_empty());
        let worse = complaints(|now| now.sizes[0].zip_bytes += 200_000);
        assert_eq!(worse, [format!("zip of {ROLE}: 3.20, recorded is 3.00, the limit is 3.15")]);
    }

    #[test]
    fn one_call_more_is_worse_wherever_it_is_made() {
        let add = |calls: &mut Calls, name: &str| *calls.operations.entry(name.to_owned()).or_default() += 1;
        let worse = complaints(|now| add(&mut ours(now, Condition::Whole).in_warm, "GetItem"));
        assert_eq!(worse, ["decide from a link: 2 GetItem in each further event, recorded are 1"]);
        let worse = complaints(|now| add(&mut ours(now, Condition::Whole).in_init, "GetSecretValue"));
        assert_eq!(worse, ["decide from a link: 1 GetSecretValue while it gets ready, recorded are 0"]);
        let worse = complaints(|now| ours(now, Condition::Whole).in_first.in_sequence += 1);
        assert_eq!(worse, ["decide from a link: 5 calls in sequence in its first event, recorded are 4"]);
        let worse = complaints(|now| ours(now, Condition::Whole).in_first.connections += 1);
        assert_eq!(worse, ["decide from a link: 3 TLS connections in its first event, recorded are 2"]);
        assert!(complaints(|now| ours(now, Condition::Whole).in_warm.operations.clear()).is_empty());
    }

    #[test]
    fn what_is_missing_is_said() {
        let worse = complaints(|now| {
            now.rows.retain(|row| row.side != Side::Python);
            now.sizes.clear();
        });
        assert_eq!(worse.len(), 5, "{worse:?}");
        assert!(worse.iter().all(|complaint| complaint.ends_with("was not measured")), "{worse:?}");
        let worse = complaints(|now| now.rows.retain(|row| row.condition == Condition::Own));
        assert_eq!(worse, ["the calls of \"decide from a link\" were not counted"]);
    }
}
