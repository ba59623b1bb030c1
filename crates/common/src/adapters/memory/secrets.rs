//! The secret store: Slack's signing secrets and its workspace; none until a test sets some.

use super::{Call, Memory, State};
use crate::ports::{KnowWorkspace, SecretError, SigningSecret, SigningSecrets, SlackWorkspace};

#[derive(Debug, Default)]
pub(super) struct Secrets {
    signing: Vec<SigningSecret>,
    /// What is read only after a signature did not match.
    rotated: Option<Vec<SigningSecret>>,
    workspace: Option<SlackWorkspace>,
}

impl Memory {
    /// Switches Slack on with these secrets, or off with none.
    pub fn set_signing_secrets(&self, secrets: Vec<SigningSecret>) {
        self.lock().secrets.signing = secrets;
    }

    /// Rotates the secrets, which is only noticed when they are read anew.
    pub fn rotate_signing_secrets(&self, secrets: Vec<SigningSecret>) {
        self.lock().secrets.rotated = Some(secrets);
    }

    /// Says which workspace and app are ours.
    pub fn set_workspace(&self, workspace: Option<SlackWorkspace>) {
        self.lock().secrets.workspace = workspace;
    }
}

fn no_reply() -> SecretError {
    SecretError { code: "NoReply".to_owned() }
}

impl SigningSecrets for Memory {
    async fn signing_secrets(&self) -> Result<Vec<SigningSecret>, SecretError> {
        let effect = |state: &mut State| Ok(state.secrets.signing.clone());
        self.call(Call::SigningSecrets, effect, no_reply).await
    }

    async fn signing_secrets_anew(&self) -> Result<Vec<SigningSecret>, SecretError> {
        let effect = |state: &mut State| {
            let secrets = &mut state.secrets;
            secrets.signing = secrets.rotated.take().unwrap_or_else(|| secrets.signing.clone());
            Ok(secrets.signing.clone())
        };
        self.call(Call::SigningSecretsAnew, effect, no_reply).await
    }
}

impl KnowWorkspace for Memory {
    async fn workspace(&self) -> Result<Option<SlackWorkspace>, SecretError> {
        let effect = |state: &mut State| Ok(state.secrets.workspace.clone());
        self.call(Call::Workspace, effect, no_reply).await
    }
}
