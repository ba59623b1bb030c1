//! Personal links, followed as browsers, mail scanners and programs follow them.

use form_urlencoded::{Serializer, parse};
use ureq::http::{Method, Request};

use crate::{Page, Run};

/// A personal link out of a mail.
#[derive(Clone)]
pub struct Link {
    run: Run,
    /// Everything before the query.
    base: String,
    token: String,
    action: String,
}

impl Link {
    pub(crate) fn parse(run: &Run, url: &str) -> Self {
        let (base, query) = url.split_once('?').unwrap_or_else(|| panic!("{url} has no query"));
        let fields: Vec<_> = parse(query.as_bytes()).into_owned().collect();
        let [(token_name, token), (action_name, action)] = fields.as_slice() else {
            panic!("{} fields in {base}", fields.len())
        };
        assert_eq!((token_name.as_str(), action_name.as_str()), ("token", "action"));
        Self { run: run.clone(), base: base.to_owned(), token: token.clone(), action: action.clone() }
    }

    /// The secret in it.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// What it preselects.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The whole address, for a browser.
    pub fn url(&self) -> String {
        format!("{}?{}", self.base, self.query())
    }

    /// The same address with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// Another path of the same server.
    #[must_use]
    pub fn at(&self, path: &str) -> Self {
        Self { base: self.origin() + path, ..self.clone() }
    }

    /// Clicks it.
    pub fn open(&self) -> Page {
        self.request(&Method::GET, &self.query(), &[])
    }

    /// Looks at it as a scanner does that does not even want the page.
    pub fn head(&self) -> Page {
        self.request(&Method::HEAD, &self.query(), &[])
    }

    /// Opens it as a program does.
    pub fn open_as_json(&self) -> Page {
        self.request(&Method::GET, &self.query(), &[("accept", "application/json")])
    }

    /// Opens the same page with any query.
    pub fn open_with(&self, query: &[(&str, &str)]) -> Page {
        self.request(&Method::GET, &encoded(query), &[])
    }

    /// Sends another method to the link.
    pub fn send(&self, method: &str) -> Page {
        let method = Method::from_bytes(method.as_bytes());
        let method = method.unwrap_or_else(|error| panic!("no method: {error}"));
        self.request(&method, &self.query(), &[])
    }

    /// Chooses to approve on the page, types the phrase, and sends the form.
    pub fn confirm(&self, phrase: &str) -> Page {
        self.post(&[("action", "approve"), ("phrase", phrase), ("reason", "")])
    }

    /// Chooses to reject on the page, types the phrase and a reason, and sends the form.
    pub fn refuse(&self, phrase: &str, reason: &str) -> Page {
        self.post(&[("action", "reject"), ("phrase", phrase), ("reason", reason)])
    }

    /// Sends the form with these fields beside the token.
    pub fn post(&self, fields: &[(&str, &str)]) -> Page {
        self.post_with(fields, &[])
    }

    /// Sends the form with these fields beside the token, as a program does.
    pub fn post_as_json(&self, fields: &[(&str, &str)]) -> Page {
        self.post_with(fields, &[("accept", "application/json")])
    }

    /// Sends the form with further headers.
    pub fn post_with(&self, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Page {
        let body = encoded(&[&[("token", self.token.as_str())], fields].concat());
        let mut request = self.run.http().post(&self.base);
        request = request.content_type("application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Page::read("POST", request.send(body))
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        self.base.split('/').take(3).collect::<Vec<_>>().join("/")
    }

    fn query(&self) -> String {
        encoded(&[("token", &self.token), ("action", &self.action)])
    }

    fn request(&self, method: &Method, query: &str, headers: &[(&str, &str)]) -> Page {
        let mut request = Request::builder().method(method.clone()).uri(format!("{}?{query}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(()).unwrap_or_else(|error| panic!("{method}: {error}"));
        Page::read(method.as_str(), self.run.http().run(request))
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}
