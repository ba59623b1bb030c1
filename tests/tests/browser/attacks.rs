//! Other sites that would like to decide.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

use common::domain::Status;
use countersign_tests::browser::Screen;

use crate::visit::Visitor;

/// A site that shows this page, whatever is asked for, until the test ends. Gives its address.
fn site(page: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap_or_else(|error| panic!("{error}"));
    let port = listener.local_addr().map_or(0, |address| address.port());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // The request ends with an empty line; it is not looked at.
            BufReader::new(&stream).lines().map_while(Result::ok).find(String::is_empty);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                page.len()
            );
            stream.write_all(format!("{head}{page}").as_bytes()).ok();
        }
    });
    format!("http://127.0.0.1:{port}/")
}

#[test]
fn a_form_of_another_site_decides_nothing_though_it_knows_everything() {
    let visitor = Visitor::of("forger", Screen::DESK);
    let page = format!(
        "<form method=post action=\"{}/approve\"><input name=token value=\"{}\"><input name=action value=approve>\
         <input name=phrase value=production><button>Win a prize</button></form>",
        visitor.link.origin(),
        visitor.link.token()
    );
    visitor.browser.goto(&site(page));
    visitor.browser.click("button");
    visitor.browser.says("another site");
    let record = visitor.deployment.record();
    assert_eq!((record.status, record.votes.len()), (Status::Pending, 0));
}

#[test]
fn no_other_site_can_frame_the_page() {
    let visitor = Visitor::of("framed", Screen::DESK);
    assert!(visitor.browser.has("[name=phrase]"), "the page itself has the form");
    let url = visitor.link.url().replace('&', "&amp;");
    visitor.browser.goto(&site(format!("<iframe src=\"{url}\" width=600 height=600></iframe>")));
    visitor.browser.enter_frame();
    assert!(!visitor.browser.has("[name=phrase]") && !visitor.browser.text().contains("production"));
}
