//! The three calls that answer a task token, and what Step Functions says to them.

use aws_sdk_sfn::error::{ProvideErrorMetadata, SdkError};
use serde_json::Value;

use crate::Run;

/// What Step Functions says to an answer: nothing, or the code of its error.
pub type Said = Result<(), String>;

impl Run {
    /// `SendTaskSuccess`.
    pub fn send_success(&self, task_token: &str, output: &Value) -> Said {
        self.send_output(task_token, &output.to_string())
    }

    /// `SendTaskSuccess` with any text as the output.
    pub fn send_output(&self, task_token: &str, output: &str) -> Said {
        let call = self.states().send_task_success().task_token(task_token).output(output);
        self.wait_for(call.send()).map(drop).map_err(code)
    }

    /// `SendTaskFailure`.
    pub fn send_failure(&self, task_token: &str, error: &str, cause: &str) -> Said {
        let call = self.states().send_task_failure().task_token(task_token).error(error).cause(cause);
        self.wait_for(call.send()).map(drop).map_err(code)
    }

    /// `SendTaskHeartbeat`.
    pub fn send_heartbeat(&self, task_token: &str) -> Said {
        let call = self.states().send_task_heartbeat().task_token(task_token);
        self.wait_for(call.send()).map(drop).map_err(code)
    }
}

/// The error's code; what never got an answer has none, and ends the test.
pub(crate) fn code<E: ProvideErrorMetadata, R: std::fmt::Debug>(error: SdkError<E, R>) -> String {
    match error.code() {
        Some(code) => code.to_owned(),
        None => panic!("no answer: {:?}", error.map_service_error(|_| ())),
    }
}
