//! Text that wants to be more than text, and secrets that must stay inside.

use crate::domain::{
    Called, Choice, DeploymentFacts, Fact, Facts, GeneralFacts, Notice, Outlook, Purpose, Request, Resume,
};
use crate::ports::Mail;
use crate::render::email::{approval_request, outcome};
use crate::render::page::{form, recorded};

use super::pages;
use super::sample::{
    TASK_TOKEN, approved, asked, at, change_of, checkout, executed, foreseeing, group, person, rejected,
    request, token, voted,
};

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
        amount: None,
        facts: vec![Fact { label: text.into(), value: text.into() }],
        details: Some(text.into()),
        link: Some(link.into()),
    }));
    request.level.groups[0].role = text.into();
    request.level.groups[0].approvers[0].name = Some(text.into());
    request.level.name = text.into();
    request.level_count = 2;
    foreseeing(&request, text, foretold(text))
}

/// What a target says may hold anything: whoever publishes a version describes it.
fn foretold(text: &str) -> Outlook {
    let words: String = text.chars().take(256).collect();
    let before = Called::exactly(&format!("{words}.")).named(&words);
    Outlook::Change { before: Some(before), after: Called::exactly(&words) }
}

fn deployment(change_log: &str) -> Request {
    request(Facts::Deployment(DeploymentFacts {
        service_name: "checkout".into(),
        version: "2.4.1".into(),
        environment: "production".into(),
        change_log: Some(change_log.into()),
    }))
}

/// The request with the hostile text as the reason of a vote and as the answer of the deployment step.
fn ended(request: &Request, text: &str) -> Request {
    let reason: String = text.chars().take(2_000).collect();
    let mut executed = executed(&voted(request, "ana", Choice::Reject, Some(&reason), 5), false);
    executed.deployment.as_mut().unwrap().reason = Some(text.into());
    executed.change = Some(change_of(text));
    executed
}

fn mails_about(request: &Request, text: &str) -> [Mail; 2] {
    [ask(request), outcome(&ended(request, text), Notice::CarriedOut, &person("ana"))]
}

/// Everything that is made of a request, with the hostile text as a reason too.
fn everything(request: &Request, text: &str) -> Vec<String> {
    let [mail, told] = mails_about(request, text);
    let after = pages::with(&ended(request, text), "ana", Choice::Reject, 9, recorded);
    vec![mail.html, told.html, page(request), after, mail.text, told.text, mail.subject, told.subject]
}

#[test]
fn case_38_markup_is_escaped_everywhere() {
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

/// Addresses that are ours or of the record's people; everything else was written by somebody.
fn without_ours(text: &str) -> String {
    let ours = ["https://approvals.example.com/", "@example.com"];
    text.split_whitespace()
        .filter(|word| !ours.iter().any(|known| word.contains(known)))
        .fold(String::new(), |text, word| text + " " + word)
}

#[test]
fn no_mail_gives_a_mail_program_anything_to_link() {
    for lure in [
        "https://approvals.example.com.evil.example/approve",
        "approvals.example.com.evil.example",
        "www.evil.example",
        "exаmple.com",
        "例え。テスト",
        "ftp://evil.example",
        "mailto:eve@evil.example",
        "\\\\evil.example\\share",
    ] {
        for mail in mails_about(&general(lure, "no link"), lure) {
            let html: String = scraper::Html::parse_document(&mail.html).root_element().text().collect();
            for text in [&mail.text, &html] {
                let left = without_ours(text);
                for sign in ["evil.", "://", "www.", "аmple.", "え。", "\\\\"] {
                    assert!(!left.contains(sign), "{sign} of {lure} in {left}");
                }
            }
            assert!(mail.text.contains("[.]") || mail.text.contains("[。]"), "{lure}: {}", mail.text);
            assert!(mail.text.contains("keep mail programs from making links"), "{lure}: {}", mail.text);
        }
    }
    assert!(!ask(&deployment("- faster carts")).text.contains("in brackets"));
}

#[test]
fn the_only_links_of_a_mail_are_ours_and_one_whose_host_is_spelled_out() {
    let lure = "https://evil.example/<a href=\"https://evil.example\">";
    let request = general(lure, "https://expenses.example.com@evil.example/");
    for mail in mails_about(&request, lure) {
        let document = scraper::Html::parse_document(&mail.html);
        let links = scraper::Selector::parse("[href], [src], [action], [background]").unwrap();
        for link in document.select(&links) {
            let address = link.attr("href").unwrap_or("none");
            assert!(address.starts_with("https://approvals.example.com/live/approve?token="), "{address}");
        }
    }
    let mail = ask(&general("report", &format!("https://expenses.example.com/{}", "x".repeat(1_900))));
    assert!(mail.html.contains("leads to expenses.example.com"), "{}", mail.html);
    assert!(mail.html.contains("xxx…</a>"), "a long address is shown in short");
}

#[test]
fn case_39_a_subject_is_one_line_of_at_most_200_characters() {
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

/// As large as the contract and the policy let a request be, of what needs the most room.
fn largest(letters: &str) -> Request {
    let text = |length: usize| letters.chars().cycle().take(length).collect::<String>();
    let mut request = general(&text(200), &format!("https://a.example/{}", "&".repeat(1_900)));
    let Facts::General(facts) = &mut request.facts else { panic!("a general request") };
    facts.details = Some(text(20_000));
    facts.facts = (0..50).map(|_| Fact { label: text(200), value: text(200) }).collect();
    let names: Vec<_> = (0..99).map(|number| format!("person-{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).chain(["ana"]).collect();
    request.level.groups = vec![group("security", &names, 1)];
    for approver in &mut request.level.groups[0].approvers {
        approver.name = Some(text(100));
    }
    request
}

#[test]
fn the_largest_request_makes_a_bounded_page_and_a_mail_that_no_program_clips() {
    for letters in ["x", "&", "\u{202e}", "💩", "ab.", "x\n"] {
        let request = largest(letters);
        for mail in mails_about(&request, &letters.repeat(2_000)) {
            let (html, text) = (mail.html.len(), mail.text.len());
            // Gmail clips what is longer than 102 KB.
            assert!(html < 100_000 && text < 100_000, "{letters:?}: {html} and {text} bytes");
            assert!(mail.subject.chars().count() <= 200);
        }
        let page = page(&request).len();
        assert!(page < 800_000, "{letters:?}: {page} bytes");
        let log =
            self::page(&deployment(&letters.repeat(20_000).chars().take(20_000).collect::<String>())).len();
        assert!(log < 270_000, "{letters:?}: {log} bytes");
    }
    // What is written, not what it is made of, is what costs: a change log of 5,000 letters still fits.
    assert!(page(&deployment(&"- faster carts\n".repeat(300))).len() < 20_000);
}

#[test]
fn a_timeline_without_end_is_cut_in_its_middle() {
    let mut request = request(checkout());
    for minute in 0..400 {
        request = asked(&request, "ana", Purpose::Reminder(minute), i64::from(minute));
    }
    let page = page(&request);
    assert!(page.contains("251 entries are left out here"), "{page}");
    assert_eq!(page.matches("<li><time").count(), 150);
    assert!(page.contains("Requested by") && page.len() < 50_000, "{}", page.len());
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
