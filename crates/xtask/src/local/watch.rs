//! Tells the terminal what happens in a run: a line for each mail that arrives and for each workflow that ends.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;

use super::{Error, mailbox};
use crate::aws::{Aws, CallError};
use crate::terminal;
use crate::words;

const PAUSE: Duration = Duration::from_secs(1);

/// Reports until the run is over. A question without an answer is asked again; whether the emulator lives is
/// watched elsewhere.
pub(crate) async fn report(aws: &Aws) -> Result<(), Error> {
    let mut mails = 0;
    let mut ended = HashSet::new();
    loop {
        if let Ok(all) = mailbox::mails(&aws.authority).await {
            for mail in all.iter().skip(mails) {
                terminal::say(&words::clean(&format!("mail to {}: {}", mail.to, mail.subject)));
            }
            mails = all.len();
        }
        for line in ends(aws, &mut ended).await.unwrap_or_default() {
            terminal::say(&line);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// A line for each workflow that has ended since the last time.
async fn ends(aws: &Aws, known: &mut HashSet<String>) -> Result<Vec<String>, CallError> {
    let mut lines = Vec::new();
    for machine in aws.state_machines().await? {
        let Some(machine) = machine.get("stateMachineArn").and_then(Value::as_str) else { continue };
        for execution in aws.executions(machine).await? {
            let running = execution.get("status").is_some_and(|status| status == "RUNNING");
            let Some(arn) = execution.get("executionArn").and_then(Value::as_str).filter(|_| !running) else {
                continue;
            };
            if !known.contains(arn) {
                lines.push(format!("workflow {}", words::how_it_is(&aws.describe_execution(arn).await?)));
                known.insert(arn.to_owned());
            }
        }
    }
    Ok(lines)
}
