//! Rust sources, without what tests add to them, and what of their crate they name.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A source file of the product.
pub(crate) struct Source {
    /// Its path from the repository's root.
    pub(crate) path: String,
    /// Its modules, from the crate's root.
    pub(crate) module: Vec<String>,
    /// Its code, without comments and without tests.
    pub(crate) code: String,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The sources of a crate that are compiled into what is shipped.
pub(crate) fn sources(name: &str) -> Vec<Source> {
    let source_root = format!("crates/{name}/src");
    let mut all = Vec::new();
    let mut test_modules = Vec::new();
    for path in files_under(&source_root, "rs") {
        let inside = path.trim_start_matches(&source_root).trim_matches('/').trim_end_matches(".rs");
        let mut module: Vec<_> = inside.split('/').map(str::to_owned).collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            module.pop();
        }
        let text = without_comments(&read(&path));
        let (code, tests) = without_tests(&text);
        test_modules.extend(tests.into_iter().map(|test| [module.clone(), vec![test]].concat()));
        all.push(Source { path, module, code });
    }
    all.retain(|source| !test_modules.iter().any(|test| source.module.starts_with(test)));
    assert!(!all.is_empty(), "{source_root} has no sources");
    all
}

/// Every file with this extension, in a stable order.
pub(crate) fn files_under(directory: &str, extension: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        let entries = fs::read_dir(root().join(&directory));
        for entry in entries.unwrap_or_else(|error| panic!("{directory}: {error}")) {
            let entry = entry.unwrap_or_else(|error| panic!("{directory}: {error}"));
            let path = format!("{directory}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                open.push(path);
            } else if path.ends_with(&format!(".{extension}")) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Everything from `//` on, where it does not stand inside a text such as `"https://`.
fn without_comments(text: &str) -> String {
    let line = |line: &str| {
        let start = line.match_indices("//").map(|(at, _)| at);
        let comment = start.into_iter().find(|at| {
            let before = &line[..*at];
            before.matches('"').count() - before.matches("\\\"").count() - before.matches("'\"'").count() % 2
                == 0
        });
        line[..comment.unwrap_or(line.len())].to_owned() + "\n"
    };
    text.lines().map(line).collect()
}

/// The code without what only tests compile, and the names of the modules that are declared for tests.
fn without_tests(text: &str) -> (String, Vec<String>) {
    let mut code = String::new();
    let mut modules = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if !(line.trim().starts_with("#[cfg(") && line.contains("test")) {
            code.push_str(line);
            code.push('\n');
            continue;
        }
        let Some(item) = lines.find(|line| !line.trim().is_empty() && !line.trim().starts_with("#[")) else {
            break;
        };
        if let Some(name) = item.trim().trim_start_matches("pub ").strip_prefix("mod ") {
            modules.extend(name.strip_suffix(';').map(str::to_owned));
        }
        if !item.trim_end().ends_with(';') {
            let indent = &item[..item.len() - item.trim_start().len()];
            let end = format!("{indent}}}");
            lines.find(|line| line.trim_end() == end);
        }
    }
    (code, modules)
}

impl Source {
    /// The module right below the crate's root that it is in; empty for the root itself.
    pub(crate) fn layer(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }

    /// The modules below the crate's root that it names, by `crate::` or by as many `super::` as lead there.
    pub(crate) fn named_layers(&self) -> BTreeSet<String> {
        let mut named = BTreeSet::new();
        for (at, _) in self.code.match_indices("crate::") {
            named.extend(first_names(&self.code[at + "crate::".len()..]));
        }
        let up = "super::".repeat(self.module.len());
        for (at, _) in self.code.match_indices(&up).filter(|_| !up.is_empty()) {
            let longer = self.code[..at].ends_with("super::");
            if !longer {
                named.extend(first_names(&self.code[at + up.len()..]));
            }
        }
        named.remove("super");
        named
    }

    /// Whether a name stands in the code as a word of its own.
    pub(crate) fn names(&self, word: &str) -> bool {
        let part = |letter: char| letter.is_alphanumeric() || letter == '_';
        self.code.match_indices(word).any(|(at, _)| {
            !self.code[..at].ends_with(part) && !self.code[at + word.len()..].starts_with(part)
        })
    }
}

/// The first name of each path that starts here: one, or those of a group in braces.
fn first_names(code: &str) -> Vec<String> {
    let name = |path: &str| -> String {
        path.trim_start().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
    };
    let Some(group) = code.strip_prefix('{') else { return vec![name(code)] };
    let mut names = vec![name(group)];
    let mut depth = 0;
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn code_is_read_without_comments_and_tests() {
    let text = "use crate::a; // crate::no\nlet url = \"https://crate::b\";\n#[cfg(test)]\nmod tests;\n\
                #[cfg(any(test, feature = \"test-support\"))]\npub mod memory;\nmod kept;\n\
                #[cfg(test)]\nmod inline {\n    use crate::no;\n}\nuse crate::c;\n";
    let (code, modules) = without_tests(&without_comments(text));
    assert_eq!(modules, ["tests", "memory"]);
    let source = Source { path: String::new(), module: vec![], code };
    assert_eq!(source.named_layers().into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(source.names("kept") && !source.names("kep"));
}

#[test]
fn paths_upward_and_groups_are_followed() {
    let code =
        "use super::super::{domain::{A, B}, ports};\nuse super::own::C;\nuse crate::{render, usecase::x};\n";
    let module = vec!["adapters".to_owned(), "ses".to_owned()];
    let source = Source { path: String::new(), module, code: code.to_owned() };
    assert_eq!(
        source.named_layers().into_iter().collect::<Vec<_>>(),
        ["domain", "ports", "render", "usecase"]
    );
}
