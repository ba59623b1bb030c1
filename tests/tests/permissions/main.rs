//! Who may do what, tried out: every function with the credentials that its own process has, the command line with the permissions that its page
//! documents, and AWS's own services under the roles and policies that the template gives them.
//!
//! The emulator evaluates actions, resources and conditions (`infra/local/launcher/permissions.py` and `callers.py`). It does not evaluate permissions
//! for logs, which it files itself: those, and that nothing else slips in, is asked of the template (target `template`).

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not have is null, not a panic")]
#![expect(clippy::unwrap_used, reason = "what helps a test may fail it")]

mod attempts;
mod callers;
mod functions;
mod operators;
mod pipelines;

use countersign_tests::Run;

/// The run, if roles mean anything on it.
fn evaluated() -> Option<Run> {
    let run = Run::connect();
    if run.evaluates_permissions() {
        return Some(run);
    }
    eprintln!("skipped: this run evaluates no permissions (--no-iam)");
    None
}
