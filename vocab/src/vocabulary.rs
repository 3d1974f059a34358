//! What a connector knows of predicates and product groups: the bundled files and the company's own profiles.

use crate::own::adit;
use crate::profile::{Field, Profile, ProfileCause, ProfileError, Section, Words};
use crate::{PROFILES, TURTLE, Tier};
use oxrdf::vocab::rdfs;
use oxrdf::{Graph, NamedOrBlankNodeRef, TermRef};
use oxttl::TurtleParser;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

/// Tiers, names and order of predicates, per product group.
///
/// A profile is data: a category of products that the program has never heard of is one more Turtle file.
///
/// ```
/// use adit_vocab::{Tier, Vocabulary};
/// let profile = r#"
///     PREFIX adit: <https://w3id.org/adit/ns#> PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX p: <https://lamp.example/profile#>
///     <https://lamp.example/profile> a adit:Profile ; adit:profileOf "lamp" ; adit:extends <https://w3id.org/adit/profiles/core> .
///     p:flux sh:path <https://lamp.example/ns#flux> ; adit:tier adit:tier-public ;
///         sh:name "luminous flux"@en , "ljusflöde"@sv , "valovirta"@fi ."#;
/// let vocabulary = Vocabulary::with([("lamp.ttl".into(), profile.into())]).unwrap();
/// assert_eq!(vocabulary.tier("https://lamp.example/ns#flux", "lamp"), Tier::Public);
/// assert_eq!(vocabulary.tier("https://lamp.example/ns#flux", "steel"), Tier::Owner);
/// assert_eq!(vocabulary.tier("https://schema.org/weight", "lamp"), Tier::Public);
/// assert_eq!(vocabulary.tier("https://schema.org/weight", "machined-part"), Tier::Partner);
/// ```
#[derive(Debug)]
pub struct Vocabulary {
    words: HashMap<String, Words>,
    tiers: HashMap<String, Tiers>,
    profiles: Vec<Profile>,
    sections: HashMap<String, Section>,
}

/// The tiers of one predicate.
#[derive(Debug, Clone, Default)]
struct Tiers {
    /// Where no profile of the group says otherwise.
    everywhere: Option<Tier>,
    by_group: BTreeMap<String, Tier>,
}

static BUNDLED: LazyLock<Arc<Vocabulary>> = LazyLock::new(|| {
    let bundled = Vocabulary::with([]);
    Arc::new(bundled.expect("the bundled profiles are part of the program and a test reads them"))
});

impl Vocabulary {
    /// The bundled files alone.
    pub fn bundled() -> &'static Arc<Self> {
        &BUNDLED
    }

    /// The bundled files and a company's own profiles, each a file name and its Turtle.
    ///
    /// A profile for a group that a bundled one is for takes its place.
    pub fn with(own: impl IntoIterator<Item = (String, String)>) -> Result<Self, ProfileError> {
        let mut files: Vec<(String, Profile)> = Vec::new();
        for (file, turtle) in PROFILES {
            files.push(((*file).to_owned(), read(file, turtle)?));
        }
        let bundled = files.len();
        for (file, turtle) in own {
            let profile = read(&file, &turtle)?;
            if let Some((other, _)) =
                files[bundled..].iter().find(|(_, p)| p.group == profile.group)
            {
                let group = profile.group.unwrap_or_default();
                let cause = ProfileCause::Taken { group, other: other.clone() };
                return Err(ProfileError { file, cause });
            }
            files.push((file, profile));
        }
        let (first, later) = files.split_at(bundled);
        let replaced: BTreeSet<_> = later.iter().map(|(_, profile)| &profile.group).collect();
        let kept = first.iter().filter(|(_, profile)| !replaced.contains(&profile.group));
        let files: Vec<(String, Profile)> = kept.chain(later).cloned().collect();
        let known: BTreeSet<_> = files.iter().map(|(_, profile)| profile.iri.as_str()).collect();
        for (file, profile) in &files {
            if let Some(wider) = profile.extends.as_ref().filter(|it| !known.contains(it.as_str()))
            {
                let cause = ProfileCause::Extends(wider.clone());
                return Err(ProfileError { file: file.clone(), cause });
            }
        }
        Ok(Self::of(files.into_iter().map(|(_, profile)| profile).collect()))
    }

    fn of(profiles: Vec<Profile>) -> Self {
        let graph: Graph = TurtleParser::new()
            .for_slice(TURTLE)
            .map(|triple| triple.expect("adit.ttl is part of the program and a test parses it"))
            .collect();
        let mut words = HashMap::new();
        let mut tiers: HashMap<String, Tiers> = HashMap::new();
        for triple in &graph {
            let NamedOrBlankNodeRef::NamedNode(subject) = triple.subject else { continue };
            if triple.predicate == adit::DEFAULT_TIER {
                tiers.entry(subject.as_str().to_owned()).or_default().everywhere =
                    tier_in(triple.object);
            } else if triple.predicate == rdfs::LABEL && !words.contains_key(subject.as_str()) {
                let said = Words::of(&graph, subject, rdfs::LABEL, rdfs::COMMENT);
                words.insert(subject.as_str().to_owned(), said);
            }
        }
        let mut sections = HashMap::new();
        for profile in &profiles {
            for field in &profile.fields {
                let of = tiers.entry(field.predicate.clone()).or_default();
                match &profile.group {
                    Some(group) => drop(of.by_group.insert(group.clone(), field.tier)),
                    None => of.everywhere = Some(field.tier),
                }
                if let Some(section) = field.section.as_ref().filter(|it| !it.words.is_empty()) {
                    sections.insert(section.iri.clone(), section.clone());
                }
            }
        }
        Self { words, tiers, profiles, sections }
    }

    /// The access tier of a predicate in a product group; a predicate that is not known is the owner's alone.
    pub fn tier(&self, predicate: &str, group: &str) -> Tier {
        let Some(tiers) = self.tiers.get(predicate) else { return Tier::Owner };
        tiers.by_group.get(group).copied().or(tiers.everywhere).unwrap_or(Tier::Owner)
    }

    /// Every tier that a predicate can stand in, over all groups.
    ///
    /// ```
    /// use adit_vocab::{Tier, Vocabulary};
    /// let tiers = Vocabulary::bundled().tiers("https://schema.org/weight");
    /// assert_eq!(tiers, [Tier::Public, Tier::Partner].into());
    /// ```
    pub fn tiers(&self, predicate: &str) -> BTreeSet<Tier> {
        match self.tiers.get(predicate) {
            Some(tiers) => {
                tiers.everywhere.into_iter().chain(tiers.by_group.values().copied()).collect()
            }
            None => [Tier::Owner].into(),
        }
    }

    /// Whether the predicate has a tier in any group.
    pub fn knows(&self, predicate: &str) -> bool {
        self.tiers.contains_key(predicate)
    }

    /// Whether the predicate has a tier in this group.
    pub fn knows_in(&self, predicate: &str, group: &str) -> bool {
        let tiers = self.tiers.get(predicate);
        tiers.is_some_and(|it| it.everywhere.is_some() || it.by_group.contains_key(group))
    }

    /// Every predicate that has a tier, sorted.
    pub fn predicates(&self) -> Vec<&str> {
        let mut known: Vec<_> = self.tiers.keys().map(String::as_str).collect();
        known.sort_unstable();
        known
    }

    /// The name and explanation of a term of the vocabulary.
    pub fn words(&self, iri: &str) -> Option<&Words> {
        self.words.get(iri)
    }

    /// Every profile: those that hold for all groups first.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The profile of a product group alone.
    pub fn profile(&self, group: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.group.as_deref() == Some(group))
    }

    /// The fields of a product group in the order in which people read them, those of wider profiles among them.
    ///
    /// A group without a profile has the fields of the core profile.
    ///
    /// ```
    /// let fields = adit_vocab::Vocabulary::bundled().fields("battery");
    /// assert_eq!(fields[0].words.label("sv"), "namn");
    /// assert!(fields.iter().any(|field| field.words.label("en") == "rated capacity"));
    /// ```
    pub fn fields(&self, group: &str) -> Vec<Field> {
        let mut fields: BTreeMap<&str, Field> = BTreeMap::new();
        let core = self.profiles.iter().find(|profile| profile.group.is_none());
        let mut next = self.profile(group).or(core);
        // A chain of profiles is short; the bound keeps a circle in a file from hanging the program.
        for _ in 0..16 {
            let Some(profile) = next else { break };
            for field in &profile.fields {
                fields.entry(field.predicate.as_str()).or_insert_with(|| self.with_heading(field));
            }
            let wider = profile.extends.as_ref();
            next = wider.and_then(|iri| self.profiles.iter().find(|profile| profile.iri == *iri));
        }
        let mut fields: Vec<Field> = fields.into_values().collect();
        fields.sort_by_key(|field| {
            (field.section.as_ref().map_or(i64::MAX, |section| section.order), field.order)
        });
        fields
    }

    /// A field whose section is described in a wider profile gets its heading from there.
    fn with_heading(&self, field: &Field) -> Field {
        let mut field = field.clone();
        if let Some(section) = field.section.as_mut()
            && let Some(described) = self.sections.get(&section.iri)
        {
            *section = described.clone();
        }
        field
    }
}

fn read(file: &str, turtle: &str) -> Result<Profile, ProfileError> {
    Profile::read(turtle).map_err(|cause| ProfileError { file: file.to_owned(), cause })
}

fn tier_in(object: TermRef<'_>) -> Option<Tier> {
    match object {
        TermRef::NamedNode(node) => node.as_str().rsplit("tier-").next()?.parse().ok(),
        TermRef::BlankNode(_) | TermRef::Literal(_) => None,
    }
}
