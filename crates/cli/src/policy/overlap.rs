//! What two patterns have in common: whether some name matches both, and whether one matches all that the other does.
//!
//! Both answers are safe for a lint. [`Shape::overlaps`] never misses a common name, and [`Shape::covers`] never
//! claims too much.

use common::domain::Glob;

/// A pattern, taken apart once so that it can be compared with many others.
pub(super) struct Shape {
    pub(super) glob: Glob,
    pieces: Vec<Piece>,
}

/// One piece of a pattern.
enum Piece {
    /// Any text.
    Many,
    /// One character of a set.
    One(Set),
}

/// The characters that one piece matches.
struct Set {
    /// Bit by bit, the ASCII characters.
    ascii: u128,
    /// Beyond ASCII, the characters at which membership may begin or end.
    edges: Vec<char>,
    pattern: Option<Glob>,
}

/// Several patterns, taken apart.
pub(super) fn shapes(globs: &[Glob]) -> Vec<Shape> {
    globs.iter().map(Shape::of).collect()
}

/// Whether each of these is surely covered by one of those that are meant to be wider.
pub(super) fn all_covered(narrower: &[Shape], wider: &[Shape]) -> bool {
    narrower.iter().all(|shape| wider.iter().any(|wider| wider.covers(shape)))
}

impl Shape {
    pub(super) fn of(glob: &Glob) -> Self {
        Self { glob: glob.clone(), pieces: pieces(glob.as_str()) }
    }

    /// Whether some name may match both patterns.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        // `row[j]`: whether the pieces from here on and those of `other` from `j` on have a text in common.
        let mut row: Vec<bool> = Vec::new();
        for first in (0..=self.pieces.len()).rev() {
            let mut next = vec![false; other.pieces.len() + 1];
            for second in (0..=other.pieces.len()).rev() {
                let below = is_set(&row, second);
                let right = is_set(&next, second + 1);
                let common = match (self.pieces.get(first), other.pieces.get(second)) {
                    (None, None) => true,
                    // The text ends here, or takes in what the other pattern says next.
                    (Some(Piece::Many), _) | (_, Some(Piece::Many)) => below || right,
                    (Some(Piece::One(a)), Some(Piece::One(b))) => is_set(&row, second + 1) && a.meets(b),
                    (None, Some(Piece::One(_))) | (Some(Piece::One(_)), None) => false,
                };
                if let Some(cell) = next.get_mut(second) {
                    *cell = common;
                }
            }
            row = next;
        }
        is_set(&row, 0)
    }

    /// Whether every name that matches `inner` surely matches this.
    pub(super) fn covers(&self, inner: &Self) -> bool {
        if self.glob.is_any() || self.glob == inner.glob {
            return true;
        }
        // `**` has a meaning of its own where names have slashes; nothing is claimed about it.
        if self.glob.as_str().contains("**") {
            return false;
        }
        // `reached[j]`: whether the pieces so far can take in the first `j` pieces of `inner`.
        let mut reached = vec![false; inner.pieces.len() + 1];
        if let Some(start) = reached.first_mut() {
            *start = true;
        }
        for piece in &self.pieces {
            let mut next = vec![false; inner.pieces.len() + 1];
            let mut before = false;
            for (index, cell) in next.iter_mut().enumerate() {
                *cell = match piece {
                    Piece::Many => before || is_set(&reached, index),
                    Piece::One(set) => index.checked_sub(1).is_some_and(|last| {
                        let taken =
                            matches!(inner.pieces.get(last), Some(Piece::One(other)) if set.holds_all_of(other));
                        taken && is_set(&reached, last)
                    }),
                };
                before = *cell;
            }
            reached = next;
        }
        is_set(&reached, inner.pieces.len())
    }
}

fn is_set(row: &[bool], index: usize) -> bool {
    row.get(index).copied().unwrap_or(false)
}

fn pieces(text: &str) -> Vec<Piece> {
    let chars: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut rest = chars.as_slice();
    while let Some((first, after)) = rest.split_first() {
        if *first == '*' {
            let double = after.first() == Some(&'*');
            let after = after.iter().position(|next| *next != '*').map_or(&[][..], |end| tail(after, end));
            // `**/` also stands for no text at all.
            rest = if double && after.first() == Some(&'/') { tail(after, 1) } else { after };
            pieces.push(Piece::Many);
        } else {
            let length = if *first == '[' { class_length(rest) } else { 1 };
            pieces.push(Piece::One(Set::of(rest.get(..length).unwrap_or(rest))));
            rest = tail(rest, length);
        }
    }
    pieces
}

fn tail(chars: &[char], from: usize) -> &[char] {
    chars.get(from..).unwrap_or_default()
}

/// How many characters `[...]` has. Its first character, after `!` if there is one, may be `]` itself.
fn class_length(chars: &[char]) -> usize {
    let first = if chars.get(1) == Some(&'!') { 2 } else { 1 };
    let end = tail(chars, first + 1).iter().position(|next| *next == ']');
    end.map_or(chars.len(), |end| first + 1 + end + 1)
}

impl Set {
    /// Of a single character, `?` or `[...]`. What it matches is asked of the pattern itself, so that both always
    /// agree.
    fn of(piece: &[char]) -> Self {
        let text: String = piece.iter().collect();
        // Blanks around a pattern and a name do not count, hence the frame.
        let pattern = Glob::parse(&format!("<{text}>")).ok();
        let wide = piece.iter().copied().filter(|letter| !letter.is_ascii());
        let edges = wide.flat_map(|letter| [Some(letter), next_char(letter)]).flatten();
        let mut set = Self { ascii: 0, edges: edges.chain(['\u{80}']).collect(), pattern };
        set.ascii = (0..128_u8)
            .filter(|code| set.has(char::from(*code)))
            .fold(0, |bits, code| bits | 1_u128 << u32::from(code));
        set
    }

    fn has(&self, letter: char) -> bool {
        // What is no pattern cannot be told, so it may match.
        self.pattern.as_ref().is_none_or(|pattern| pattern.matches(&format!("<{letter}>")))
    }

    fn meets(&self, other: &Self) -> bool {
        self.ascii & other.ascii != 0
            || self.edges.iter().chain(&other.edges).any(|edge| self.has(*edge) && other.has(*edge))
    }

    fn holds_all_of(&self, other: &Self) -> bool {
        other.ascii & !self.ascii == 0
            && !self.edges.iter().chain(&other.edges).any(|edge| other.has(*edge) && !self.has(*edge))
    }
}

fn next_char(letter: char) -> Option<char> {
    match letter {
        '\u{d7ff}' => Some('\u{e000}'),
        _ => char::from_u32(u32::from(letter) + 1),
    }
}

#[cfg(test)]
mod tests;
