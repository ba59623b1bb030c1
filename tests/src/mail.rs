//! Mails, as they arrive.

use serde_json::Value;

use crate::{Link, Run, text};

/// A mail to one person.
#[derive(Clone)]
pub struct Mail {
    run: Run,
    /// To whom.
    pub to: String,
    /// From whom.
    pub from: String,
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub text: String,
    /// Its HTML.
    pub html: String,
}

impl Mail {
    pub(crate) fn read(run: &Run, mail: &Value) -> Self {
        let field = |name: &str| mail.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let to = mail.get("To").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let [Value::String(to)] = to else { panic!("a mail to {} people: {}", to.len(), field("Subject")) };
        Self {
            run: run.clone(),
            to: to.clone(),
            from: field("Source"),
            subject: field("Subject"),
            text: field("BodyText"),
            html: field("BodyHtml"),
        }
    }

    /// Whether it asks for a decision.
    pub fn asks(&self) -> bool {
        self.subject.contains("approval required: ") || self.subject.starts_with("Approval required: ")
    }

    /// The link to approve.
    pub fn approve(&self) -> Link {
        self.link("approve")
    }

    /// The link to reject.
    pub fn reject(&self) -> Link {
        self.link("reject")
    }

    /// What the addresses of its links carry as their token.
    pub fn tokens(&self) -> Vec<String> {
        self.urls().iter().map(|url| Link::parse(&self.run, url).token().to_owned()).collect()
    }

    fn link(&self, action: &str) -> Link {
        let links: Vec<_> = self.urls().iter().map(|url| Link::parse(&self.run, url)).collect();
        let found = links.into_iter().find(|link| link.action() == action);
        found.unwrap_or_else(|| panic!("no link to {action} in the mail {:?}", self.subject))
    }

    /// The addresses that decide something. Text and HTML have the same.
    fn urls(&self) -> Vec<String> {
        let decides = |address: &String| address.contains("/approve?");
        let in_text = self.text.split_whitespace().map(str::to_owned).filter(decides).collect::<Vec<_>>();
        let mut in_html =
            text::attributes(&self.html, "href").into_iter().filter(decides).collect::<Vec<_>>();
        // Where the mail is shortened, it leads to the page a second time.
        let mut seen = std::collections::BTreeSet::new();
        in_html.retain(|address| seen.insert(address.clone()));
        assert_eq!(in_text, in_html, "text and HTML of {:?} have different links", self.subject);
        in_text
    }
}
