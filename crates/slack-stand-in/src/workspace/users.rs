//! The pretend users.

use serde_json::{Value, json};

use super::BOT_USER;

/// An account of the workspace.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Without one, it is as if the app may not see addresses.
    pub(crate) email: Option<String>,
    pub(crate) is_deleted: bool,
    pub(crate) is_bot: bool,
}

/// Every account, the app's own included.
#[derive(Debug)]
pub(crate) struct Users(Vec<User>);

impl Users {
    /// Two people who may be asked, the one who asks in the samples, and somebody from elsewhere.
    pub(crate) fn pretend() -> Self {
        let person = |id: &str, name: &str, email: &str| User {
            id: id.to_owned(),
            name: name.to_owned(),
            email: Some(email.to_owned()),
            ..User::default()
        };
        Self(vec![
            person("U0ANA", "ana", "ana@example.com"),
            person("U0BEN", "ben", "ben@example.com"),
            person("U0DEV", "dev", "dev@example.com"),
            person("U0EVE", "eve", "eve@elsewhere.example"),
            User { id: BOT_USER.to_owned(), name: "countersign".to_owned(), is_bot: true, ..User::default() },
        ])
    }

    pub(crate) fn find(&self, id: &str) -> Option<&User> {
        self.0.iter().find(|user| user.id == id)
    }

    /// By address, whatever its case. Accounts that are gone are not found.
    pub(crate) fn with_email(&self, email: &str) -> Option<&User> {
        let has_it = |user: &&User| {
            !user.is_deleted && user.email.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(email))
        };
        self.0.iter().find(has_it)
    }

    /// Those who can be chosen on the page.
    pub(crate) fn people(&self) -> impl Iterator<Item = &User> {
        self.0.iter().filter(|user| !user.is_bot && !user.is_deleted)
    }

    /// Adds an account, or changes the one with its id.
    pub(crate) fn put(&mut self, user: User) {
        match self.0.iter_mut().find(|known| known.id == user.id) {
            Some(known) => *known = user,
            None => self.0.push(user),
        }
    }

    pub(crate) fn set_email(&mut self, id: &str, email: &str) {
        if let Some(user) = self.0.iter_mut().find(|user| user.id == id) {
            user.email = Some(email.trim().to_owned()).filter(|email| !email.is_empty());
        }
    }
}

impl User {
    /// As `users.info` shows it.
    pub(crate) fn to_json(&self, team: &str) -> Value {
        let mut profile = json!({ "real_name": self.name, "display_name": self.name, "team": team });
        if let (Some(email), Some(profile)) = (&self.email, profile.as_object_mut()) {
            profile.insert("email".to_owned(), email.as_str().into());
        }
        json!({
            "id": self.id, "team_id": team, "name": self.name, "real_name": self.name, "deleted": self.is_deleted,
            "is_bot": self.is_bot, "tz": "Etc/UTC", "tz_offset": 0, "profile": profile,
        })
    }
}
