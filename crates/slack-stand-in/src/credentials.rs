//! What an app and its workspace know of each other.

use serde_json::{Value, json};

/// The secrets and ids that the workspace and the app share. They are made anew for every run, so that
/// nothing works that does not read them from where they are kept.
#[derive(Clone)]
pub struct Credentials {
    /// What interactions are signed with.
    pub signing_secret: String,
    /// What calls of the Web API carry.
    pub bot_token: String,
    /// The workspace.
    pub team_id: String,
    /// The app.
    pub app_id: String,
}

impl Credentials {
    /// New secrets.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        let (secret, token) = bytes.split_at(16);
        Ok(Self {
            signing_secret: hex::encode(secret),
            bot_token: format!("xoxb-stand-in-{}", hex::encode(token)),
            team_id: "T0STANDIN".to_owned(),
            app_id: "A0STANDIN".to_owned(),
        })
    }

    /// The content of the secret that the product reads.
    pub fn to_secret(&self, api_url: &str) -> Value {
        json!({
            "signingSecret": self.signing_secret,
            "botToken": self.bot_token,
            "teamId": self.team_id,
            "appId": self.app_id,
            "apiUrl": api_url,
        })
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { team_id, app_id, .. } = self;
        formatter
            .debug_struct("Credentials")
            .field("team_id", team_id)
            .field("app_id", app_id)
            .finish_non_exhaustive()
    }
}
