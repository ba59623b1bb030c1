//! What a command prints: for people, or as one JSON document for programs.
//!
//! A reader that is gone is no reason to fail; a disk that is full is.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Write};

use serde_json::{Value, json};

use crate::error::Error;
use crate::exit::Exit;

/// What a command has found out, in both forms.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// How the command ends.
    pub exit: Exit,
    /// For people.
    pub text: String,
    /// For programs.
    pub json: Value,
}

/// Which form is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines for people.
    Text,
    /// One JSON document.
    Json,
}

/// What shows the progress of a command that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// A terminal: lines can be painted over.
    Terminal,
    /// Anything else: a line stays.
    Plain,
}

/// Where a command writes while it runs.
pub(crate) struct Streams<'a> {
    /// The standard output.
    pub(crate) out: &'a mut dyn Write,
    /// The standard error.
    pub(crate) err: &'a mut dyn Write,
    /// Which form is wanted.
    pub(crate) form: Form,
    /// What shows its progress.
    pub(crate) screen: Screen,
}

/// Prints how a command ended, and says so by its exit code.
pub(crate) fn finish(
    ended: Result<Answer, Error>,
    form: Form,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Exit {
    let to: &mut dyn Write = if ended.is_err() && form == Form::Text { err } else { out };
    finish_apart(ended, form, to)
}

/// The same where everything goes to one place, because the command has another use for the standard output.
pub(crate) fn finish_apart(ended: Result<Answer, Error>, form: Form, to: &mut dyn Write) -> Exit {
    let (exit, text) = match (ended, form) {
        (Ok(answer), Form::Text) => (answer.exit, answer.text),
        (Ok(answer), Form::Json) => (answer.exit, pretty(answer.json)),
        (Err(error), Form::Text) => (error.exit(), format!("error: {}\n", error.line())),
        (Err(error), Form::Json) => (error.exit(), pretty(json!({"ok": false, "error": error.line()}))),
    };
    match write(to, &text) {
        // What is only half written must not pass for the whole.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Exit::Failed,
        Ok(()) | Err(_) => exit,
    }
}

/// A JSON document in lines, with the keys of every object in alphabetical order, so that the same content is always
/// the same text.
pub(crate) fn pretty(json: Value) -> String {
    format!("{:#}\n", sorted(json))
}

fn sorted(json: Value) -> Value {
    match json {
        Value::Object(object) => {
            let entries: BTreeMap<_, _> = object.into_iter().collect();
            Value::Object(entries.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

pub(crate) fn write(to: &mut dyn Write, text: &str) -> io::Result<()> {
    to.write_all(text.as_bytes())?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_a_failure_and_a_reader_that_is_gone_is_none() {
        let end = |kind| {
            let answer = Answer { exit: Exit::Ok, text: "text".to_owned(), json: Value::Null };
            finish(Ok(answer), Form::Text, &mut Broken(kind), &mut io::sink())
        };
        assert_eq!(end(ErrorKind::StorageFull), Exit::Failed);
        assert_eq!(end(ErrorKind::BrokenPipe), Exit::Ok);
    }

    #[test]
    fn the_same_content_is_the_same_text() {
        let one = pretty(json!({"b": [{"d": 1, "c": 2}], "a": null}));
        assert_eq!(one, pretty(json!({"a": null, "b": [{"c": 2, "d": 1}]})));
        assert!(one.starts_with("{\n  \"a\": null"), "{one}");
    }
}
