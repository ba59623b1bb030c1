//! Which part of the code each part of the model stands for. `tests/agreement.rs` holds both sides to it.

use common::domain::Command;

/// What a use case is in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A process runs it, or it is a part of one that does; by the name in the model.
    As(&'static str),
    /// It has no part in the protocol.
    Out(&'static str),
}

use Standing::{As, Out};

/// Every file of `crates/common/src/usecase`.
pub const USE_CASES: [(&str, Standing); 35] = [
    ("answering", As("At::Answer")),
    ("ask", As("Work::Ask")),
    ("blueprint", Out("who is asked is decided before the record is opened")),
    ("carry_out", As("Work::CarryOut")),
    ("carry_out/answer", Out("words of answers")),
    ("carry_out/approvals", As("At::Check")),
    ("carry_out/claim", Out("what is done with an approval lies behind the model")),
    ("close_ended", As("Work::CloseIfOver")),
    ("converge", Out("Slack's messages follow the record")),
    ("decide", As("Work::Decide")),
    ("deploy", Out("what is done with an approval lies behind the model")),
    ("deploy/lambda", Out("what is done with an approval lies behind the model")),
    ("failure", Out("words of errors")),
    ("first_stored", Out("which of two names of the same record is stored")),
    ("give_up", Out("what is done with an approval lies behind the model")),
    ("go_on", Out("what is done with an approval lies behind the model")),
    ("keep", As("At::Write")),
    ("mail_links", Out("mail")),
    ("note_end", Out("what is done with an approval lies behind the model")),
    ("pay", As("Work::Pay")),
    ("post", Out("Slack")),
    ("prepare", As("Action::Prepare")),
    ("preview", Out("what is shown of a target decides nothing")),
    ("recognise", Out("who somebody is in Slack")),
    ("report_rejection", As("Work::ReportRejection")),
    ("resume", As("At::Answer")),
    ("settle", As("Work::Pay")),
    ("supersede", As("Work::CloseIfOver")),
    ("sweep", As("Action::Visit")),
    ("take_back", As("Work::TakeBack")),
    ("tell", Out("mail")),
    ("time_out", As("Work::TimeOut")),
    ("want_link", Out("mail")),
    ("ask/letters", Out("mail")),
    ("mod", Out("names the others")),
];

/// Each outside call, with the method of `common::ports` that it is.
pub const CALLS: [(&str, &str); 12] = [
    ("At::Read", "fn request("),
    ("At::ReadEarlier", "fn request("),
    ("At::Reread", "fn request("),
    ("At::Check", "fn request("),
    ("At::Open", "fn open("),
    ("At::Write", "fn keep("),
    ("At::Write(Vote)", "fn record_vote("),
    ("At::Pointer", "fn pointer("),
    ("At::Answer", "fn answer("),
    ("At::Redeliver", "fn answer("),
    ("At::Describe", "fn describe("),
    ("At::WasTold", "fn was_told("),
];

/// The model's name for a command of the code; an error says why it is left out.
///
/// # Errors
/// The reason.
pub fn of_command(command: &Command) -> Result<&'static str, &'static str> {
    match command {
        Command::RenewWait { .. } => Ok("RenewWait"),
        Command::Vote(_) => Ok("Vote"),
        Command::Expire => Ok("Expire"),
        Command::Withdraw { .. } => Ok("Withdraw"),
        Command::TakeBack { .. } => Ok("TakeBack"),
        Command::Supersede { .. } => Ok("Supersede"),
        Command::NoteResume(_) => Ok("NoteResume"),
        Command::Execute(_) => Ok("Execute"),
        Command::AddLinks(_) | Command::WantLink { .. } | Command::NoteContacts(_) => {
            Err("mail leads to a vote and is no part of what follows from it")
        }
        Command::NoteSlackMessages(_)
        | Command::AdoptSlackMessage { .. }
        | Command::ClaimSlackEdit(_)
        | Command::NoteSlackShown { .. }
        | Command::RememberSlackPerson(_) => Err("Slack's messages follow the record"),
        Command::Freeze(_) | Command::Thaw | Command::Claim(_) | Command::Reach(_) => {
            Err("what is done with an approval lies behind the model; its end is Execute")
        }
        Command::Escalate => Err("it changes who may vote"),
        Command::Waive => Err("a policy that asks nobody closes the request at once, as a vote does"),
        Command::NoteNotice { .. } => Err("mail about the end follows the record"),
    }
}
