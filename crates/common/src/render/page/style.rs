//! The stylesheet that every page carries, and its hash for the content security policy.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// What stands between `<style>` and `</style>`, to the byte.
pub(in super::super) const STYLE: &str = include_str!("../../../templates/page/style.css");

static HASH: LazyLock<String> =
    LazyLock::new(|| format!("sha256-{}", STANDARD.encode(Sha256::digest(STYLE.as_bytes()))));

/// The source expression for `style-src`, without its quotes: `sha256-<base64>`.
pub fn style_hash() -> &'static str {
    &HASH
}
