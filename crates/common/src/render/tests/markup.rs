//! Every page and mail as a browser and a screen reader take it: what they would have to guess is a fault.

use std::collections::{BTreeMap, BTreeSet};

use scraper::{ElementRef, Html, Selector};

use super::{mails, pages, sheet};

/// What is wrong with a document.
fn faults(html: &str) -> Vec<String> {
    let document = Html::parse_document(html);
    let mut faults: Vec<String> = document.errors.iter().map(ToString::to_string).collect();
    faults.extend(names(&document));
    faults.extend(references(&document));
    faults.extend(controls(&document));
    faults.extend(headings(&document));
    faults.extend(landmarks(&document));
    faults.extend(tables(&document));
    faults
}

fn all<'a>(document: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    document.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Language and title say what it is; links and buttons say what they do.
fn names(document: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    for (selector, least) in
        [("html[lang]", 1), ("head > title", 1), ("main h1, td h1", 1), ("img, script", 0)]
    {
        let count = all(document, selector).len();
        if count != least {
            faults.push(format!("{count} of {selector}"));
        }
    }
    for element in all(document, "title, a, button, h1, h2, h3, th, dt, label, legend, summary") {
        if text(element).is_empty() {
            faults.push(format!("nothing is in {}", element.html()));
        }
    }
    faults
}

/// Each id stands for one element, and each name of an id leads to one.
fn references(document: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    let mut ids = BTreeSet::new();
    for element in all(document, "[id]") {
        let id = element.attr("id").unwrap();
        if !ids.insert(id) {
            faults.push(format!("the id {id} stands twice"));
        }
    }
    for (selector, attribute) in [
        ("[for]", "for"),
        ("[aria-labelledby]", "aria-labelledby"),
        ("[aria-describedby]", "aria-describedby"),
        ("a[href^='#']", "href"),
    ] {
        for element in all(document, selector) {
            for id in element.attr(attribute).unwrap().split_whitespace() {
                if !ids.contains(id.trim_start_matches('#')) {
                    faults.push(format!("{attribute} names {id}, which is not there"));
                }
            }
        }
    }
    faults
}

/// Every control has a label, and what is wrong is said where it is wrong.
fn controls(document: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    let labelled: BTreeSet<_> =
        all(document, "label[for]").into_iter().filter_map(|label| label.attr("for")).collect();
    for control in all(document, "input:not([type=hidden]), textarea, select") {
        let inside =
            control.ancestors().filter_map(ElementRef::wrap).any(|above| above.value().name() == "label");
        if !inside && !control.attr("id").is_some_and(|id| labelled.contains(id)) {
            faults.push(format!("no label for {}", control.html()));
        }
        let explained = control.attr("aria-describedby").is_some_and(|ids| ids.contains("-error"));
        if control.attr("aria-invalid").is_some() != explained {
            faults.push(format!("it is not said what is wrong with {}", control.html()));
        }
    }
    for group in all(document, "fieldset") {
        if group.select(&Selector::parse("legend").unwrap()).count() != 1 {
            faults.push("a group of choices without a legend".to_owned());
        }
    }
    faults
}

/// One headline, and no level left out on the way down. What reports an error may stand before it.
fn headings(document: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    let mut before = 1;
    for heading in all(document, "h1, h2, h3, h4, h5, h6") {
        let level: u32 = heading.value().name()[1..].parse().unwrap();
        if level > before + 1 {
            faults.push(format!("h{before} is followed by {}", heading.html()));
        }
        before = level;
    }
    faults
}

/// Screen readers list the regions of a page: each has a name of its own.
fn landmarks(document: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    for landmark in ["body > header", "main", "body > footer"] {
        if all(document, landmark).len() > 1 {
            faults.push(format!("more than one {landmark}"));
        }
    }
    let named: BTreeMap<_, _> = all(document, "[id]")
        .into_iter()
        .map(|element| (element.attr("id").unwrap(), text(element)))
        .collect();
    let mut regions = BTreeSet::new();
    for region in all(document, "section") {
        match region.attr("aria-labelledby").and_then(|id| named.get(id)) {
            Some(name) if regions.insert(name) => {}
            name => faults.push(format!("a region called {name:?}, which is no name or another's")),
        }
    }
    faults
}

/// A table is either for its looks, and says so, or has headers.
fn tables(document: &Html) -> Vec<String> {
    let headers = Selector::parse("th[scope]").unwrap();
    let plain = |table: &ElementRef<'_>| {
        table.attr("role") != Some("presentation") && table.select(&headers).next().is_none()
    };
    all(document, "table")
        .into_iter()
        .filter(plain)
        .map(|table| format!("no headers: {}", table.html()))
        .collect()
}

#[test]
fn every_page_and_mail_is_sound() {
    let mails = mails::all().into_iter().map(|(name, mail)| (name, mail.html));
    for (name, html) in pages::all().into_iter().chain(sheet::all()).chain(mails) {
        assert_eq!(faults(&html), Vec::<String>::new(), "{name}: {html}");
    }
}

/// The check itself sees what it is for.
#[test]
fn faults_are_found() {
    let page = |body: &str| {
        format!(
            "<!doctype html><html lang=en><head><title>t</title></head><body><main><h1>h</h1>{body}</main></body></html>"
        )
    };
    assert_eq!(faults(&page("")), Vec::<String>::new());
    for (body, fault) in [
        ("<p><div></div></p>", "No <p> tag to close"),
        ("<b>", "nexpected"),
        ("<i id=a></i><i id=a></i>", "stands twice"),
        ("<a href='#b'>x</a>", "names #b"),
        ("<input name=x>", "no label"),
        ("<label>x <input aria-invalid=true></label>", "what is wrong"),
        ("<h3>x</h3>", "is followed by"),
        ("<section><p>x</p></section>", "a region called None"),
        ("<table><tr><td>x</td></tr></table>", "no headers"),
        ("<a href='/'></a>", "nothing is in"),
        ("<script></script>", "1 of img, script"),
        ("</main><main>", "more than one main"),
    ] {
        let found = faults(&page(body)).join("\n");
        assert!(found.contains(fault), "{body}: {found}");
    }
}
