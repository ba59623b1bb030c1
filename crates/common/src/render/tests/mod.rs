//! Every mail and page as a snapshot, and what hostile text can and cannot do.

mod contrast;
mod hostile;
mod mails;
mod markup;
mod pages;
mod sample;
mod sheet;
mod slack;
mod slack_hostile;

use super::page::style_hash;

/// Compares with `render/snapshots/<name>.snap`; the stylesheet, equal everywhere, is left out.
fn check(name: &str, text: &str) {
    let text = text.replace(super::page::STYLE, "(style.css)").replace(style_hash(), "(its hash)");
    insta::with_settings!({
        snapshot_path => "../snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn the_hash_names_the_style_element_to_the_byte() {
    use base64::Engine as _;
    use sha2::Digest as _;

    let page = super::page::problem(super::page::Problem::NotFound);
    let (_, after) = page.split_once("<style>").unwrap();
    let (style, _) = after.split_once("</style>").unwrap();
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
    assert_eq!(style_hash(), format!("sha256-{digest}"));
}
