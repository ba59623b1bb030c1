//! The command line as a person types it, and a request that it made.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{JoinHandle, spawn};

use common::domain::{PlanKey, Request, RequestId};
use countersign::exit::Exit;
use countersign_tests::{Keys, Mail, Run, unique, until};
use serde_json::{Value, json};

use crate::stored::Stored;

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) exit: Exit,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }

    /// Everything, when it went well.
    pub(crate) fn fine(&self) -> &str {
        assert_eq!(self.exit, Exit::Ok, "{}{}", self.out, self.err);
        &self.out
    }
}

/// Types a command.
pub(crate) fn countersign(run: &Run, arguments: &[&str]) -> Said {
    typed(run, arguments, &Screen::default(), &Screen::default())
}

/// Types a command as somebody who has these keys.
pub(crate) fn countersign_as(run: &Run, keys: &Keys, arguments: &[&str]) -> Said {
    typed_with(run.outputs_for(keys), arguments, &Screen::default(), &Screen::default())
}

fn typed(run: &Run, arguments: &[&str], out: &Screen, err: &Screen) -> Said {
    typed_with(outputs(run), arguments, out, err)
}

fn typed_with(outputs: PathBuf, arguments: &[&str], out: &Screen, err: &Screen) -> Said {
    let line = ["countersign"].into_iter().chain(arguments.iter().copied()).map(OsString::from);
    let stack = [OsString::from("--outputs"), outputs.into()];
    let exit = countersign::run(line.chain(stack), &mut out.clone(), &mut err.clone());
    Said { exit, out: out.text(), err: err.text() }
}

/// Where the stack is, for somebody who has the permissions that the page of the command line documents, and no others.
fn outputs(run: &Run) -> PathBuf {
    static OPERATORS: OnceLock<PathBuf> = OnceLock::new();
    if run.evaluates_permissions() {
        OPERATORS.get_or_init(|| run.outputs_for(&run.operator())).clone()
    } else {
        run.outputs_file().to_owned()
    }
}

/// What a command has written so far, for whoever reads along.
#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Screen {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A command that has not ended yet.
pub(crate) struct Waiting {
    screens: [Screen; 2],
    command: JoinHandle<Said>,
}

impl Waiting {
    /// Waits until it shows this.
    pub(crate) fn shows(&self, text: &str) {
        until(&format!("{text:?} on the screen"), || {
            self.screens.iter().any(|screen| screen.text().contains(text)).then_some(())
        });
    }

    /// What it said in the end.
    pub(crate) fn said(self) -> Said {
        self.command.join().unwrap_or_else(|_| panic!("the command panicked"))
    }
}

/// A file that is there as long as this is.
pub(crate) struct File(PathBuf);

impl File {
    pub(crate) fn with(content: &str) -> Self {
        let path = std::env::temp_dir().join(unique("countersign"));
        fs::write(&path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self(path)
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().unwrap_or_else(|| panic!("{} is not a text", self.0.display()))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}

/// A workflow that the command line starts.
pub(crate) struct Asked {
    pub(crate) run: Run,
    pub(crate) service: String,
    pub(crate) version: String,
    /// The workflow's name.
    pub(crate) name: String,
    _policy: Stored,
}

impl Asked {
    /// Of a service to which the rule of this name applies.
    pub(crate) fn by(rule: &str) -> Self {
        Self::of(&unique(rule))
    }

    /// Of this service.
    pub(crate) fn of(service: &str) -> Self {
        let run = Run::connect();
        let policy = Stored::on(&run);
        let (service, version) = (service.to_owned(), "2.4.1".to_owned());
        Self { run, service, version, name: unique("cli"), _policy: policy }
    }

    pub(crate) fn input(&self, requester: &str) -> File {
        let input = json!({
            "serviceName": self.service, "version": self.version, "environment": "production", "requestedBy": requester,
        });
        File::with(&input.to_string())
    }

    /// Starts it, and waits for its end in another thread.
    pub(crate) fn wait(&self, options: &'static [&'static str]) -> Waiting {
        self.wait_for_requester("dev@example.com", options)
    }

    pub(crate) fn wait_for_requester(&self, requester: &str, options: &'static [&'static str]) -> Waiting {
        let (run, name, input) = (self.run.clone(), self.name.clone(), self.input(requester));
        let screens = [Screen::default(), Screen::default()];
        let [out, err] = screens.clone();
        let command = spawn(move || {
            let words = ["request", input.path(), "--wait", "--name", &name];
            typed(&run, &[&words, options].concat(), &out, &err)
        });
        Waiting { screens, command }
    }

    /// Starts it and goes away.
    pub(crate) fn start(&self) {
        let input = self.input("dev@example.com");
        countersign(&self.run, &["request", input.path(), "--name", &self.name]).fine();
    }

    pub(crate) fn execution(&self) -> String {
        let machine = self.run.output("StateMachineArn").replacen(":stateMachine:", ":execution:", 1);
        format!("{machine}:{}", self.name)
    }

    pub(crate) fn key(&self) -> PlanKey {
        PlanKey::of_execution(&self.execution())
    }

    pub(crate) fn id(&self, level: u32) -> RequestId {
        RequestId::of_level(&self.key(), level)
    }

    pub(crate) fn record(&self, level: u32) -> Option<Request> {
        self.run.record(&self.id(level))
    }

    /// Waits until the people of a level have been asked.
    pub(crate) fn asked(&self, level: u32) -> Request {
        until("note of the mail in the record", || {
            self.record(level).filter(|record| !record.contacts.is_empty())
        })
    }

    /// Waits for the mail that asks this person.
    pub(crate) fn mail_to(&self, person: &str) -> Mail {
        let wanted = format!("{} {} to production", self.service, self.version);
        let to = format!("{person}@example.com");
        self.run.mail(&format!("to {to} about {wanted}"), |mail| {
            mail.to == to && mail.asks() && mail.subject.ends_with(&wanted)
        })
    }

    pub(crate) fn approve(&self, person: &str) {
        let page = self.mail_to(person).approve().confirm("production");
        assert_eq!(page.status, 200, "{}", page.text());
    }
}
