//! The measuring: one process after the other, each side in turn, so that both see the same machine.

use std::time::Duration;

use crate::Error;
use crate::calls::Calls;
use crate::jobs::Job;
use crate::process::Process;
use crate::quota::Quota;
use crate::record::{Condition, Row};
use crate::runtime_api::RuntimeApi;
use crate::services::{Latency, Services};
use crate::spread::{Spread, percentile};
use crate::subject::{FLOOR, Programs, ROLES, Side, Subject};

/// Of so many rounds, Python takes part in one where its processes take seconds each.
const PYTHON_EVERY: u32 = 3;

/// What one process took.
struct Sample {
    ready: Duration,
    ready_cpu: Duration,
    cold_cpu: Duration,
    first: Duration,
    warm: Vec<Duration>,
    /// Of one event, on average.
    warm_cpu: Duration,
    memory_kb: u64,
    in_init: Calls,
    in_first: Calls,
    in_warm: Calls,
}

/// What is measured under a condition.
fn subjects(condition: Condition) -> Vec<Subject> {
    let sides = |job| [Side::Countersign, Side::Python].map(|side| Subject::of(side, job));
    let mut subjects: Vec<_> = Job::COMPARED.into_iter().flat_map(sides).collect();
    if condition == Condition::Own {
        let grown = Job::GROWING.into_iter().filter(|job| !Job::COMPARED.contains(job));
        subjects.extend(grown.map(|job| Subject::of(Side::Countersign, job)));
        subjects.push(Subject::of(Side::OneCall, Job::ReadItem));
        subjects.push(Subject::start_of(FLOOR));
        subjects.extend(ROLES.map(Subject::start_of));
    } else {
        let others = Job::IN_SLACK.into_iter().filter(|job| !Job::COMPARED.contains(job));
        subjects.extend(others.map(|job| Subject::of(Side::Countersign, job)));
    }
    subjects
}

/// Measures everything under one condition.
pub(crate) async fn under(
    condition: Condition,
    quota: Option<&Quota>,
    runs: u32,
    programs: &Programs,
    progress: impl Fn(&str),
) -> Result<Vec<Row>, Error> {
    let subjects = subjects(condition).into_iter().filter(|subject| subject.program(programs).is_some());
    let mut all: Vec<_> = subjects.map(|subject| (subject, Vec::new())).collect();
    for run in 0..runs {
        for (subject, samples) in &mut all {
            let is_rare = subject.side == Side::Python && condition != Condition::Own;
            if is_rare && run % PYTHON_EVERY != 0 {
                continue;
            }
            progress(&format!("{condition}, {} of {runs}: {}", run + 1, subject.title()));
            let taken = sample(programs, *subject, condition, quota).await;
            samples.push(taken.map_err(|error| format!("{}: {error}", subject.title()))?);
        }
    }
    Ok(all.into_iter().map(|(subject, samples)| row(condition, subject, &samples)).collect())
}

/// One process: from nothing to its first answer, and then some more.
async fn sample(
    programs: &Programs,
    subject: Subject,
    condition: Condition,
    quota: Option<&Quota>,
) -> Result<Sample, Error> {
    let (latency, repeats) = match condition {
        Condition::Own => (Latency::None, 50),
        _ => (Latency::Usual, 10),
    };
    let mut api = RuntimeApi::start().await?;
    let services = Services::start(subject, latency).await?;
    let program = subject.program(programs).ok_or("the program is missing")?;
    let process = Process::start(&program, quota, &subject.environment(&api, &services))?;
    let mut waiting = api.next().await?;
    let ready_cpu = process.cpu()?;
    let mut sample = Sample {
        ready: waiting.since(process.started),
        ready_cpu,
        cold_cpu: ready_cpu,
        first: Duration::ZERO,
        warm: Vec::new(),
        warm_cpu: Duration::ZERO,
        memory_kb: process.peak_memory()?,
        in_init: services.take_calls(),
        in_first: Calls::default(),
        in_warm: Calls::default(),
    };
    // A function that only gets ready has no event that it could answer.
    let events = if subject.job == Job::Start && subject.side != Side::Floor { 0 } else { repeats + 1 };
    for number in 0..events {
        let answer = api.invoke(waiting, &subject.job.event()).await?;
        subject.job.check(&answer.body)?;
        waiting = api.next().await?;
        if number == 0 {
            sample.first = answer.took;
            sample.cold_cpu = process.cpu()?;
            sample.memory_kb = process.peak_memory()?;
            sample.in_first = services.take_calls();
        } else {
            sample.warm.push(answer.took);
            sample.in_warm = services.take_calls();
        }
    }
    if !sample.warm.is_empty() {
        sample.warm_cpu = process.cpu()?.saturating_sub(sample.cold_cpu) / u32::try_from(sample.warm.len())?;
    }
    process.end().await?;
    Ok(sample)
}

fn row(condition: Condition, subject: Subject, samples: &[Sample]) -> Row {
    let times = |of: fn(&Sample) -> Duration| Spread::of_times(samples.iter().map(of));
    let warm = || samples.iter().flat_map(|sample| sample.warm.iter().copied());
    let last = samples.last();
    #[expect(clippy::cast_precision_loss, reason = "no process has that many KB")]
    let memory = samples.iter().map(|sample| sample.memory_kb as f64);
    Row {
        condition,
        side: subject.side,
        role: subject.role.to_owned(),
        job: subject.job,
        ready_ms: times(|sample| sample.ready),
        ready_cpu_ms: times(|sample| sample.ready_cpu),
        cold_ms: times(|sample| sample.ready + sample.first),
        cold_cpu_ms: times(|sample| sample.cold_cpu),
        first_ms: times(|sample| sample.first),
        warm_ms: Spread::of_times(warm()),
        warm_p99_ms: percentile(warm(), 99),
        warm_cpu_ms: times(|sample| sample.warm_cpu),
        peak_kb: Spread::of(memory),
        in_init: last.map(|sample| sample.in_init.clone()).unwrap_or_default(),
        in_first: last.map(|sample| sample.in_first.clone()).unwrap_or_default(),
        in_warm: last.map(|sample| sample.in_warm.clone()).unwrap_or_default(),
    }
}
