//! The known word that a mistyped one most likely meant.

/// The nearest of the known words, if one is near enough to have been meant: a third of its letters may differ.
///
/// ```
/// assert_eq!(adit_vocab::nearest("recal", ["warranty", "recall"]), Some("recall"));
/// assert_eq!(adit_vocab::nearest("gossip", ["warranty", "recall"]), None);
/// ```
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = |known: &&str| distance(word, known);
    let nearest = known.into_iter().min_by_key(far);
    nearest.filter(|known| far(known) <= 1 + known.len() / 3)
}

/// How many letters must be put in, taken out or changed to make one word the other
/// ([Levenshtein](https://en.wikipedia.org/wiki/Levenshtein_distance)).
///
/// ```
/// assert_eq!(adit_vocab::distance("sprin", "spring"), 1);
/// assert_eq!(adit_vocab::distance("seal", "steel"), 2);
/// ```
pub fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.chars().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
