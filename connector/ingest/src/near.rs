//! The known words that somebody may have meant.

use adit_vocab::distance;

/// The nearest of the candidates, nearest first, none that is farther than a third of the word.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let lower = lowered(word);
    let far = (lower.chars().count() / 3).max(1);
    let mut near: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= 2 * far)
        .map(|candidate| (distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= far)
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(most).map(|(_, candidate)| candidate).collect()
}

/// How many letters must be put in, taken out or changed to come from one word to the other.
pub(crate) fn apart(word: &str, other: &str) -> usize {
    distance(&lowered(word), &other.to_lowercase())
}

/// A word of a file can be of any length; nobody means a known one by more than this.
fn lowered(word: &str) -> String {
    word.to_lowercase().chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let known = ["serialNumber", "serialName", "weight", "kg", "g"];
        assert_eq!(nearest("serialnumer", known, 1), ["serialNumber"]);
        assert_eq!(nearest("Kg", known, 2), ["kg", "g"]);
        assert_eq!(nearest("colour", known, 2), Vec::<&str>::new());
        assert_eq!(apart("sprin", "spring"), 1);
        assert_eq!(apart("seal", "steel"), 2);
    }
}
