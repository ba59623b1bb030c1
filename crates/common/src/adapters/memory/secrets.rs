//! The secret store: Slack's signing secrets; none until a test sets some.

use super::{Call, Memory, State};
use crate::ports::{SecretError, SigningSecret, SigningSecrets};

impl Memory {
    /// Switches Slack on with these secrets, or off with none.
    pub fn set_signing_secrets(&self, secrets: Vec<SigningSecret>) {
        self.lock().secrets = secrets;
    }
}

impl SigningSecrets for Memory {
    async fn signing_secrets(&self) -> Result<Vec<SigningSecret>, SecretError> {
        let effect = |state: &mut State| Ok(state.secrets.clone());
        self.call(Call::SigningSecrets, effect, || SecretError { code: "NoReply".to_owned() }).await
    }
}
