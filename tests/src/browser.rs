//! A real browser: Chromium, driven over `WebDriver`. Each has a profile and a driver of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::error::CmdError;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};
use ureq::http::Method;
use url::{ParseError, Url};

use crate::{Run, until};

/// The checks of accessibility: <https://github.com/dequelabs/axe-core>.
const AXE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/npm/node_modules/axe-core/axe.min.js");

/// How many are open at once. One takes most of a CPU, and more would keep everybody else waiting.
static SEATS: Semaphore = Semaphore::const_new(2);

/// The keys as `WebDriver` names them.
pub const TAB: &str = "\u{e004}";
/// Enter.
pub const ENTER: &str = "\u{e007}";
/// The space bar.
pub const SPACE: &str = " ";

/// What a screen is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// Whether the person prefers dark pages.
    pub dark: bool,
}

impl Screen {
    /// The smallest that pages have to fit on.
    pub const SMALLEST: Self = Self { width: 320, height: 568, dark: false };
    /// A phone.
    pub const PHONE: Self = Self { width: 390, height: 844, dark: false };
    /// A window on a desk.
    pub const DESK: Self = Self { width: 1_100, height: 900, dark: false };

    /// The same for somebody who prefers dark pages.
    #[must_use]
    pub fn dark(self) -> Self {
        Self { dark: true, ..self }
    }
}

/// An open browser.
pub struct Browser {
    run: Run,
    client: Client,
    driver: Child,
    /// Given up after the browser has been closed.
    _seat: SemaphorePermit<'static>,
}

/// A command of Chromium's own protocol.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (Method::POST, Some(body.to_string()))
    }
}

impl Browser {
    /// Opens a browser with this screen.
    pub fn open(run: &Run, screen: Screen) -> Self {
        let seat = run.wait_for(SEATS.acquire()).unwrap_or_else(|error| panic!("no seat: {error}"));
        let (driver, port) = start_driver();
        let options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update"],
            "mobileEmulation": { "deviceMetrics": {
                "width": screen.width, "height": screen.height, "pixelRatio": 2, "touch": screen.width < 600,
                "mobile": screen.width < 600
            }}
        });
        let capabilities = Capabilities::from_iter([("goog:chromeOptions".to_owned(), options)]);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client =
            run.wait_for(builder.capabilities(capabilities).connect(&format!("http://127.0.0.1:{port}")));
        let client = client.unwrap_or_else(|error| panic!("no browser: {error}"));
        let browser = Self { run: run.clone(), client, driver, _seat: seat };
        let scheme = if screen.dark { "dark" } else { "light" };
        browser.prefers(scheme);
        browser
    }

    fn prefers(&self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        let command = DevTools { command: "Emulation.setEmulatedMedia", parameters: features };
        done("color scheme", self.run.wait_for(self.client.issue_cmd(command)));
    }

    /// Opens a page.
    pub fn goto(&self, url: &str) {
        // Not with its address, which is a secret.
        done("opening a page", self.run.wait_for(self.client.goto(url)));
    }

    /// Goes back, as by the button.
    pub fn back(&self) {
        done("back", self.run.wait_for(self.client.back()));
    }

    /// The page's title.
    pub fn title(&self) -> String {
        done("title", self.run.wait_for(self.client.title()))
    }

    /// What a person reads.
    pub fn text(&self) -> String {
        self.script("return document.body.innerText", &[]).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until a person can read this.
    pub fn says(&self, words: &str) {
        until(&format!("page that says {words:?}"), || self.text().contains(words).then_some(()));
    }

    /// Whether there is something like this.
    pub fn has(&self, css: &str) -> bool {
        let found = done(css, self.run.wait_for(self.client.find_all(Locator::Css(css))));
        !found.is_empty()
    }

    /// Clicks something.
    pub fn click(&self, css: &str) {
        let element = done(css, self.run.wait_for(self.client.find(Locator::Css(css))));
        done(css, self.run.wait_for(element.click()));
    }

    /// Types into a field.
    pub fn type_into(&self, css: &str, text: &str) {
        let element = done(css, self.run.wait_for(self.client.find(Locator::Css(css))));
        done(css, self.run.wait_for(element.send_keys(text)));
    }

    /// What stands in a field.
    pub fn value(&self, css: &str) -> String {
        let element = done(css, self.run.wait_for(self.client.find(Locator::Css(css))));
        done(css, self.run.wait_for(element.prop("value"))).unwrap_or_default()
    }

    /// Presses keys, wherever the focus is.
    pub fn press(&self, keys: &str) {
        let element = done("focus", self.run.wait_for(self.client.active_element()));
        done("keys", self.run.wait_for(element.send_keys(keys)));
    }

    /// Presses Tab until the focus is on something like this.
    pub fn tab_to(&self, css: &str) {
        for _ in 0..60 {
            self.press(TAB);
            let there = self.script("return document.activeElement.matches(arguments[0])", &[json!(css)]);
            if there == true {
                return;
            }
        }
        panic!("Tab never comes to {css}");
    }

    /// What a script returns.
    pub fn script(&self, script: &str, arguments: &[Value]) -> Value {
        done("script", self.run.wait_for(self.client.execute(script, arguments.to_vec())))
    }

    /// Opens a further tab and goes there. The ones before stay open.
    pub fn new_tab(&self) {
        let opened = done("tab", self.run.wait_for(self.client.new_window(true)));
        done("tab", self.run.wait_for(self.client.switch_to_window(opened.handle)));
    }

    /// Goes to the tab that was opened as this one, counted from 0.
    pub fn tab(&self, number: usize) {
        let tabs = done("tabs", self.run.wait_for(self.client.windows()));
        let tab = tabs.into_iter().nth(number).unwrap_or_else(|| panic!("no tab {number}"));
        done("tab", self.run.wait_for(self.client.switch_to_window(tab)));
    }

    /// Goes into the first frame of the page.
    pub fn enter_frame(&self) {
        done("frame", self.run.wait_for(self.client.enter_frame(0)));
    }

    /// A picture of the screen, or of the whole page, as PNG.
    pub fn picture(&self, whole_page: bool) -> Vec<u8> {
        let parameters = json!({ "format": "png", "captureBeyondViewport": whole_page });
        let command = DevTools { command: "Page.captureScreenshot", parameters };
        let answer = done("picture", self.run.wait_for(self.client.issue_cmd(command)));
        let data = answer.get("data").and_then(Value::as_str).unwrap_or_default();
        STANDARD.decode(data).unwrap_or_else(|error| panic!("not a picture: {error}"))
    }

    /// What keeps people with disabilities from using the page, by axe-core; nothing that it finds is tolerated.
    pub fn barriers(&self) -> Vec<String> {
        let axe = std::fs::read_to_string(AXE);
        let axe =
            axe.unwrap_or_else(|error| panic!("{AXE}: {error}; run these tests with `cargo xtask test`"));
        self.script(&axe, &[]);
        let script = "const done = arguments[0]; axe.run().then(found => done(found.violations.map(violation => \
                      violation.id + ': ' + violation.nodes.map(node => node.html + ' ' + node.failureSummary).join('; '))), error => done([String(error)]))";
        let found = done("axe", self.run.wait_for(self.client.execute_async(script, Vec::new())));
        serde_json::from_value(found).unwrap_or_else(|error| panic!("axe: {error}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver closes its browser only when it is asked to.
        self.run.wait_for(self.client.clone().close()).ok();
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}

/// Starts a driver on a free port. It takes the same number for both versions of IP, and ends when another process was
/// faster with one of them.
fn start_driver() -> (Child, u16) {
    let started = std::iter::repeat_with(try_to_start_driver).take(5).flatten().next();
    started.unwrap_or_else(|| panic!("chromedriver does not start"))
}

fn try_to_start_driver() -> Option<(Child, u16)> {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut driver = command.spawn().unwrap_or_else(|error| panic!("chromedriver: {error}"));
    let out = driver.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines);
    let port = out.map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    if port.is_none() {
        driver.wait().ok();
    }
    port.map(|port| (driver, port))
}

fn done<T>(what: &str, result: Result<T, CmdError>) -> T {
    result.unwrap_or_else(|error| panic!("{what}: {error}"))
}
