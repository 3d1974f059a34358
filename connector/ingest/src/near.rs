//! The known words that somebody may have meant.

/// The nearest of the candidates, nearest first, none that is farther than a third of the word.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let lower: Vec<char> = word.to_lowercase().chars().take(64).collect();
    let far = (lower.len() / 3).max(1);
    let mut near: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= 2 * far)
        .map(|candidate| (distance(&lower, candidate), candidate))
        .filter(|(distance, _)| *distance <= far)
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(most).map(|(_, candidate)| candidate).collect()
}

/// How many letters must be put in, taken out or changed to come from one word to the other.
pub(crate) fn apart(word: &str, other: &str) -> usize {
    distance(&word.to_lowercase().chars().take(64).collect::<Vec<_>>(), other)
}

fn distance(word: &[char], candidate: &str) -> usize {
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for (above, c) in candidate.to_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (left, known) in word.iter().enumerate() {
            let change = diagonal + usize::from(*known != c);
            diagonal = row[left + 1];
            row[left + 1] = change.min(row[left] + 1).min(diagonal + 1);
        }
    }
    row[word.len()]
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
