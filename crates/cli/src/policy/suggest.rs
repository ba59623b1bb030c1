//! Which known word somebody may have meant.

/// The known word that is closest to what was written, if one is close.
pub(super) fn closest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = written.to_lowercase();
    // One slip in a short word, one in three letters of a longer one.
    let slips = (written.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|word| (strsim::osa_distance(&lower, &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= slips)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// What to say about an unknown word: the closest known one, or all of them where they are few.
pub(super) fn instead<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
    all: &str,
) -> Option<String> {
    if let Some(word) = closest(written, known.clone()) {
        return Some(format!("did you mean {word:?}?"));
    }
    let words: Vec<_> = known.into_iter().collect();
    (1..=20).contains(&words.len()).then(|| format!("{all}: {}", words.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_word_and_another_word_finds_none() {
        let known = ["remind", "deadline", "ana"];
        assert_eq!(closest("reminds", known), Some("remind"));
        assert_eq!(closest("Deadlnie", known), Some("deadline"));
        assert_eq!(closest("anna", known), Some("ana"));
        assert_eq!(closest("bob", known), None);
        assert_eq!(closest("", known), None);
    }

    #[test]
    fn without_a_close_word_all_are_named() {
        assert_eq!(instead("bob", ["ana", "eve"], "declared").unwrap(), "declared: ana, eve");
        assert_eq!(instead("bob", [], "declared"), None);
    }
}
