//! What a column title means, in English, Swedish and Finnish.

/// What a column can be recognised as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Meaning {
    Part,
    Serial,
    Heat,
    Batch,
    Weight,
    Delivered,
    Made,
    Customer,
    Supplier,
    Order,
    Position,
    Grade,
    Name,
}

/// A meaning, how sure we are of it, and what of the title was left over.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Guess {
    pub(crate) meaning: Meaning,
    /// From 0 to 1.
    pub(crate) confidence: f64,
    pub(crate) rest: String,
}

/// The words for each meaning, lower case, without the endings below.
const WORDS: &[(Meaning, &[&str])] = &[
    (
        Meaning::Serial,
        &["serial", "serie", "sarja", "sn", "tillverknings", "valmistus", "individ", "yksilö"],
    ),
    (
        Meaning::Part,
        &["part", "article", "item", "artikel", "osa", "tuote", "nimike", "detalj", "mpn"],
    ),
    (Meaning::Heat, &["heat", "charge", "smälta", "smält", "sulatus", "sula"]),
    (Meaning::Batch, &["batch", "lot", "parti", "erä"]),
    (Meaning::Weight, &["weight", "mass", "paino", "massa", "vikt"]),
    (
        Meaning::Made,
        &[
            "valmistuspvm",
            "valmistuspäivä",
            "tillverkningsdatum",
            "productiondate",
            "manufacturingdate",
        ],
    ),
    (
        Meaning::Delivered,
        &[
            "pvm",
            "päivämäärä",
            "päivä",
            "datum",
            "date",
            "toimituspvm",
            "toimituspäivä",
            "lähetyspvm",
            "leveransdatum",
            "deliverydate",
            "shippingdate",
            "toimitettu",
            "lähetetty",
            "levererad",
            "levererat",
            "skickad",
            "delivered",
            "shipped",
        ],
    ),
    (Meaning::Customer, &["customer", "asiakas", "kund", "buyer", "ostaja", "köpare"]),
    (
        Meaning::Supplier,
        &[
            "supplier",
            "vendor",
            "toimittaja",
            "leverantör",
            "leverantörs",
            "maker",
            "valmistaja",
            "tillverkare",
        ],
    ),
    (Meaning::Order, &["order", "tilaus", "beställning", "beställnings"]),
    (Meaning::Position, &["position", "pos", "sijainti", "paikka", "läge"]),
    (
        Meaning::Grade,
        &[
            "grade",
            "material",
            "materiaali",
            "laatu",
            "kvalitet",
            "teräslaji",
            "stålsort",
            "materialkvalitet",
        ],
    ),
    (
        Meaning::Name,
        &["name", "nimi", "nimitys", "namn", "benämning", "description", "kuvaus", "beskrivning"],
    ),
];

/// Endings that say "number" and no more.
const NUMBER: &[&str] = &[
    "numero", "nummer", "number", "nro", "num", "no", "nr", "tunnus", "koodi", "kod", "code", "id",
];

/// Titles that name something in more than one way.
const DOUBTFUL: &[&str] = &[
    "pvm",
    "päivä",
    "päivämäärä",
    "datum",
    "date",
    "parti",
    "id",
    "item",
    "tuote",
    "material",
    "materiaali",
];

/// The likeliest meaning of a title.
pub(crate) fn guess(title: &str) -> Option<Guess> {
    let lower = title.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut first = words.next()?.to_owned();
    // `Delivery date` and `Production date` are one word in the other two languages.
    if let Some(date) =
        words.clone().next().filter(|word| matches!(*word, "date" | "pvm" | "datum"))
    {
        words.next();
        first.push_str(date);
    }
    let first = first.as_str();
    let rest: Vec<&str> = words.filter(|word| !NUMBER.contains(word)).collect();
    // `tillverkningsnummer` is a serial number, `tillverkningsdatum` a date: the whole word goes first.
    let bare =
        NUMBER.iter().find_map(|ending| first.strip_suffix(ending)).filter(|bare| !bare.is_empty());
    let meaning = meaning_of(first).or_else(|| meaning_of(bare?))?;
    let confidence = match (rest.is_empty(), DOUBTFUL.contains(&first)) {
        (true, false) => 0.9,
        (true, true) => 0.6,
        (false, false) => 0.7,
        (false, true) => 0.5,
    };
    Some(Guess { meaning, confidence, rest: rest.join(" ") })
}

fn meaning_of(word: &str) -> Option<Meaning> {
    WORDS.iter().find(|(_, words)| words.contains(&word)).map(|(meaning, _)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_titles_in_three_languages() {
        for (titles, meaning) in [
            (
                "Sarjanumero|Sarjanro|serienummer|Serienr|Serial|Serial number|SN|Tillverkningsnummer",
                Meaning::Serial,
            ),
            (
                "Osanumero|Osanro|artikelnummer|Artikelnr|Part number|Part no.|PartNo|Nimikenumero|Tuotekoodi",
                Meaning::Part,
            ),
            ("Sulatus|Sulatusnro|Sulatusnumero|Charge|Chargenr|Heat|Heat no", Meaning::Heat),
            ("Paino|Paino_kg|vikt|Vikt (kg)|weight", Meaning::Weight),
            ("Pvm|datum|date|Toimituspvm|Leveransdatum|Delivery date", Meaning::Delivered),
            ("Toimitettu|Toimitus pvm|Levererad|Delivered|Delivered on", Meaning::Delivered),
            ("Asiakas|Asiakasnro|kund|Kundnummer|customer|Customer no", Meaning::Customer),
            ("Toimittaja|Toimittajanro|leverantör|Leverantörsnummer|supplier", Meaning::Supplier),
            ("Tilaus|Tilausnro|order|Ordernummer", Meaning::Order),
            ("Erä|Eränumero|batch|Partinummer", Meaning::Batch),
            ("Valmistuspvm|Tillverkningsdatum", Meaning::Made),
            ("Position|Pos|Sijainti", Meaning::Position),
            ("Nimi|Benämning|Name", Meaning::Name),
        ] {
            for title in titles.split('|') {
                let guess = guess(title).map(|guess| guess.meaning);
                assert_eq!(guess, Some(meaning), "{title}");
            }
        }
        assert_eq!(guess("Huomautus"), None);
        assert_eq!(guess("--"), None);
    }
}
