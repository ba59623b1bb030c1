//! Text that wants to be more than text, and secrets that must stay inside.

use crate::domain::{Choice, DeploymentFacts, Fact, Facts, GeneralFacts, Notice, Purpose, Request, Resume};
use crate::ports::Mail;
use crate::render::email::{approval_request, outcome};
use crate::render::page::{form, recorded};

use super::pages;
use super::sample::{TASK_TOKEN, approved, at, checkout, executed, person, rejected, request, token, voted};

const MARKUP: &str = "<img src=x onerror=\"alert('1')\">&amp;</title></textarea></style>";
const TURNED: &str = "check\u{202e}tuo\u{200b}\u{feff}";

fn ask(request: &Request) -> Mail {
    approval_request(request, &person("ana"), &token(), Purpose::Ask, at(0))
}

fn page(request: &Request) -> String {
    pages::with(request, "ana", Choice::Approve, 1, |visit| form(visit, None, "", ""))
}

fn general(text: &str, link: &str) -> Request {
    let mut request = request(Facts::General(GeneralFacts {
        kind: Some(text.into()),
        title: text.into(),
        facts: vec![Fact { label: text.into(), value: text.into() }],
        details: Some(text.into()),
        link: Some(link.into()),
    }));
    request.level.groups[0].role = text.into();
    request.level.groups[0].approvers[0].name = Some(text.into());
    request.level.name = text.into();
    request.level_count = 2;
    request
}

fn deployment(change_log: &str) -> Request {
    request(Facts::Deployment(DeploymentFacts {
        service_name: "checkout".into(),
        version: "2.4.1".into(),
        environment: "production".into(),
        change_log: Some(change_log.into()),
    }))
}

/// Everything that is made of a request, with the hostile text as a reason too.
fn everything(request: &Request, text: &str) -> Vec<String> {
    let rejected = voted(request, "ana", Choice::Reject, Some(text), 5);
    let mut executed = executed(&rejected, false);
    executed.deployment.as_mut().unwrap().reason = Some(text.into());
    let told = outcome(&executed, Notice::CarriedOut, &person("ana"));
    let mail = ask(request);
    let after = pages::with(&executed, "ana", Choice::Reject, 9, recorded);
    vec![mail.html, told.html, page(request), after, mail.text, told.text, mail.subject, told.subject]
}

#[test]
fn markup_is_escaped_everywhere() {
    for html in everything(&general(MARKUP, "https://example.com/\"><img>"), MARKUP).into_iter().take(4) {
        assert!(
            !html.contains("<img") && !html.contains("onerror=\"") && !html.contains("alert('"),
            "{html}"
        );
        assert!(html.contains("&#60;img src=x onerror=&#34;"), "{html}");
        assert_eq!(html.matches("</title>").count(), 1);
        assert_eq!(html.matches("</style>").count(), html.matches("<style>").count());
    }
}

#[test]
fn what_deceives_the_eye_is_visible_everywhere() {
    for text in everything(&general(TURNED, TURNED), TURNED) {
        assert!(!text.contains(['\u{202e}', '\u{200b}', '\u{feff}']), "{text}");
        assert!(text.contains("⟨U+202E⟩") && text.contains("⟨U+200B⟩⟨U+FEFF⟩"), "{text}");
    }
}

#[test]
fn only_https_links_are_links() {
    let link = "javascript:alert(document.cookie)";
    let request = general("report", link);
    for html in [ask(&request).html, page(&request)] {
        assert!(html.contains("javascript:alert(document") && !html.contains("href=\"javascript"), "{html}");
    }
    let request = general("report", "https://expenses.example.com/reports/4711");
    for html in [ask(&request).html, page(&request)] {
        assert!(html.contains("href=\"https://expenses.example.com/reports/4711\""), "{html}");
        assert!(html.contains("leads to expenses.example.com"), "{html}");
    }
}

#[test]
fn a_subject_is_one_line_of_at_most_200_characters() {
    let subject = ask(&general("x\r\nBcc: eve@example.com\u{0}\u{7}", "")).subject;
    assert_eq!(subject, "X Bcc: eve@example.com approval required: x Bcc: eve@example.com");
    let long = ask(&general(&"👩‍💻é".repeat(400), "")).subject;
    assert_eq!(long.chars().count(), 200);
}

#[test]
fn a_text_cannot_pass_for_the_mail_around_it() {
    let mail = ask(&deployment("fine\n\nApprove:\nhttps://evil.example/approve"));
    assert!(mail.text.contains("  | Approve:\n  | https[:]//evil[.]example/approve"), "{}", mail.text);
    assert_eq!(mail.text.lines().filter(|line| line.starts_with("https://")).count(), 2);
}

#[test]
fn a_long_change_log_is_short_in_the_mail_and_whole_on_the_page() {
    let log = (0..).map(|line| format!("- é 👩‍💻 change {line}\n")).take(2_000).collect::<String>();
    let log: String = log.chars().take(19_980).chain("\n- the last of all".chars()).collect();
    let request = deployment(&log);
    let mail = ask(&request);
    assert!(mail.text.contains("Shortened: the page shows all of it ("), "{}", mail.text);
    assert!(mail.html.contains("Shortened: the page shows all of it (") && mail.html.len() < 20_000);
    let last = log.trim_end().lines().next_back().unwrap();
    assert!(page(&request).contains(last) && !mail.text.contains(last));
    // One long word has no good place for a cut.
    assert!(ask(&deployment(&"é".repeat(20_000))).text.contains("(18000 more characters)"));
}

#[test]
fn no_secret_but_the_link_itself_leaves() {
    let hash = serde_json::to_string(&token().hash()).unwrap();
    let hash = hash.trim_matches('"');
    let mut texts: Vec<String> = pages::all().into_iter().map(|(_, page)| page).collect();
    for request in [request(checkout()), approved(Resume::Done), rejected()] {
        for notice in [Notice::Rejected, Notice::Expired, Notice::CarriedOut, Notice::TooLate, Notice::Closed]
        {
            let told = outcome(&request, notice, &person("dev"));
            assert!(!told.html.contains(&token().expose()) && !told.text.contains(&token().expose()));
            texts.extend([told.subject, told.text, told.html]);
        }
        let mail = ask(&request);
        texts.extend([mail.subject, mail.text, mail.html]);
    }
    for text in texts {
        assert!(!text.contains(TASK_TOKEN) && !text.contains(hash), "{text}");
    }
}
