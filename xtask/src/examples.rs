//! Which public items of the engine have no example in their documentation.
//!
//! Read off the tokens of the sources, where macros' items stand as well. That is enough because whatever is `pub` there can be
//! reached from outside: the crate warns of anything else (`unreachable_pub`), and lints are errors here.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

/// The boundary to JavaScript, public for wasm-bindgen alone: `docs/module.md` documents it.
const BOUNDARY: &str = "src/wasm";

/// Fails with the items' names if there are any. An example is a block of code that the tests run, so none that is marked as
/// text, or to be ignored.
pub fn check(root: &Path) -> Result<()> {
    let mut missing = Vec::new();
    for path in sources(&root.join("src"), &root.join(BOUNDARY))? {
        let code = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let name = path.strip_prefix(root).unwrap_or(&path).display();
        let found = without_example(&code).with_context(|| path.display().to_string())?;
        missing.extend(found.into_iter().map(|item| format!("  {name}:{item}")));
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "these public items have no example; give each one, or make it pub(crate):\n{}",
        missing.join("\n")
    )
}

/// Rust files in `folder` and below, but for those in `except`.
fn sources(folder: &Path, except: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() && path != except {
            files.extend(sources(&path, except)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Line, kind and name of each public item without an example, the functions of a public trait included; fields, variants and modules
/// are not asked for one.
fn without_example(code: &str) -> Result<Vec<String>> {
    let tokens: TokenStream = code.parse().map_err(|error| anyhow!("{error}"))?;
    let mut found = Vec::new();
    walk(tokens, false, &mut found);
    Ok(found)
}

/// Takes note of the items among `tokens`; the functions of a public trait are public without a word.
fn walk(tokens: TokenStream, in_trait: bool, found: &mut Vec<String>) {
    let mut docs = Vec::new();
    let mut is_trait = false;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                if let Some(TokenTree::Group(attribute)) = tokens.peek() {
                    docs.extend(documentation(attribute));
                }
            }
            TokenTree::Punct(punct) if [';', ','].contains(&punct.as_char()) => docs.clear(),
            TokenTree::Group(group) => {
                let is_body = group.delimiter() == Delimiter::Brace;
                walk(group.stream(), is_body && is_trait, found);
                if is_body {
                    docs.clear();
                    is_trait = false;
                }
            }
            TokenTree::Ident(word) if word == "pub" || (in_trait && word == "fn") => {
                let rest = tokens.clone().map_while(|token| match token {
                    TokenTree::Ident(word) => Some(word),
                    _ => None,
                });
                let words: Vec<Ident> = std::iter::once(word).chain(rest).collect();
                let Some((kind, name)) = item(&words) else {
                    continue;
                };
                is_trait = kind == "trait";
                if !has_example(&docs) {
                    let line = name.span().start().line;
                    found.push(format!("{line}: {kind} {name}"));
                }
                docs.clear();
            }
            _ => {}
        }
    }
}

fn is_kind(word: &Ident) -> bool {
    [
        "fn", "struct", "enum", "union", "trait", "type", "const", "static",
    ]
    .iter()
    .any(|kind| word == kind)
}

/// Kind and name, of the words that an item begins with. In `const fn` the second is the kind.
fn item(words: &[Ident]) -> Option<(&Ident, &Ident)> {
    let mut pairs = words.windows(2);
    let pair = pairs.find(|pair| is_kind(&pair[0]) && !is_kind(&pair[1]))?;
    Some((&pair[0], &pair[1]))
}

/// The line of documentation that an attribute stands for, if it does.
fn documentation(attribute: &Group) -> Option<String> {
    let mut tokens = attribute.stream().into_iter();
    match (tokens.next(), tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(name)), Some(_), Some(TokenTree::Literal(text)))
            if name == "doc" =>
        {
            Some(text.to_string().trim_matches('"').trim().to_owned())
        }
        _ => None,
    }
}

/// Whether one of the blocks of code has no word that says that it is something else than a test.
fn has_example(docs: &[String]) -> bool {
    let fences = docs.iter().filter(|line| line.starts_with("```"));
    // Every other one closes a block.
    fences.step_by(2).any(|line| line == "```")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str) -> Vec<String> {
        without_example(code).expect("it is Rust")
    }

    #[test]
    fn items_without_an_example_are_named() {
        let code = r#"
            /// Has none.
            pub struct A { /// A field.
                pub field: u8 }
            impl A {
                pub const fn b(&self) -> u8 { 0 }
                /// ```
                /// assert!(true);
                /// ```
                #[must_use]
                pub const C: u8 = 0;
                pub async fn d() {}
            }
            pub enum E { F, G }
            pub const H: u8 = 0;
            pub type I = u8;
        "#;
        let expected = [
            "3: struct A",
            "6: fn b",
            "12: fn d",
            "14: enum E",
            "15: const H",
            "16: type I",
        ];
        assert_eq!(found(code), expected);
    }

    #[test]
    fn what_is_not_public_needs_none() {
        let code = "fn a() {} pub(crate) fn b() {} pub mod c { pub(super) struct D; } pub use c::D;
            trait E { fn f(); } impl E for D { fn f() {} } struct G(pub u8);";
        assert!(found(code).is_empty(), "{:?}", found(code));
    }

    #[test]
    fn a_public_traits_items_and_those_of_macros_are_public() {
        let code = "pub trait A: Clone { type B; fn c(&self, with: fn(u8)) -> u8; }
            macro_rules! d { ($($name:ident)+) => { $(pub struct $name;)+ pub fn e() {} } }";
        let expected = ["1: trait A", "1: fn c", "2: fn e"];
        assert_eq!(found(code), expected);
    }

    #[test]
    fn blocks_that_are_not_run_are_no_examples() {
        for (fence, runs) in [
            ("", true),
            ("text", false),
            ("no_run", false),
            ("ignore", false),
        ] {
            let code = format!("/// ```{fence}\n/// 1;\n/// ```\npub fn a() {{}}");
            assert_eq!(found(&code).is_empty(), runs, "{fence}");
        }
        let second = "/// ```text\n/// 1\n/// ```\n/// ```\n/// 1;\n/// ```\npub fn a() {}";
        assert!(found(second).is_empty());
        let elsewhere = "/// ```\n/// 1;\n/// ```\nfn a() {} pub fn b() {}";
        assert_eq!(found(elsewhere), ["4: fn b"]);
    }
}
