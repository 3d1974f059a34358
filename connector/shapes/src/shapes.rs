//! All shapes that hold for a company, and the check of facts against them.

use crate::check::Check;
use crate::load::{Loader, roots};
use crate::node::as_subject;
use crate::shape::{Shape, Target};
use crate::{Cause, Data, Finding, Gap, Severity, ShapesError, Unchecked, gaps, node};
use adit_vocab::Vocabulary;
use oxrdf::{Graph, NamedNode, NamedNodeRef, Term, Triple, TripleRef};
use oxttl::TurtleParser;
use std::collections::HashSet;
use std::sync::LazyLock;

/// All shapes that hold for a company: the bundled rules, the profiles, and the vocabulary that they lean on.
#[derive(Debug)]
pub struct Shapes {
    shapes: Vec<Shape>,
    background: Vec<Triple>,
}

/// Which nodes a check looks at.
#[derive(Debug, Clone, Copy, Default)]
pub enum Focus<'a> {
    /// Every node that a shape targets.
    #[default]
    All,
    /// Of these the given ones, what they point to and what points to them: enough to find every conflict that a new
    /// statement about one of them makes, also with what was there before.
    Near(&'a HashSet<NamedNodeRef<'a>>),
}

/// What a check looks at.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// Which nodes.
    pub focus: Focus<'a>,
    /// The least severity that is reported; what passports lack is [`Severity::Info`].
    pub severity: Severity,
    /// Whether an item, model or batch belongs to a product group, as the group stands in the IRIs of rooms.
    pub in_group: &'a dyn Fn(NamedNodeRef<'_>, &str) -> bool,
    /// The most findings of one constraint; the first in the order of the data are kept.
    pub each_max: usize,
    /// Whether hints spare queries. Without them a check takes longer and finds the same, which a test shows.
    pub uses_hints: bool,
}

impl Default for Scope<'_> {
    fn default() -> Self {
        Self {
            focus: Focus::All,
            severity: Severity::Warning,
            in_group: &|_, _| false,
            each_max: 1_000,
            uses_hints: true,
        }
    }
}

static BUNDLED: LazyLock<Shapes> = LazyLock::new(|| {
    let bundled = Shapes::of(Vocabulary::bundled());
    bundled.expect("the bundled shapes are part of the program and a test reads them")
});

impl Shapes {
    /// The bundled rules with the bundled profiles.
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// The bundled rules with the profiles of a company's vocabulary.
    ///
    /// A node shape in the profile of a product group that has no target and that no other shape refers to holds for
    /// the items, models and batches of that group.
    ///
    /// # Errors
    /// A [`ShapesError`] for a profile with a construct that this engine does not run.
    pub fn of(vocabulary: &Vocabulary) -> Result<Self, ShapesError> {
        let mut files: Vec<(String, Option<&str>, Vec<Triple>)> = Vec::new();
        for (file, turtle) in adit_vocab::SHAPES {
            files.push(((*file).to_owned(), None, parsed(file, turtle)?));
        }
        for profile in vocabulary.profiles() {
            let file = format!("{}.ttl", profile.group.as_deref().unwrap_or("core"));
            let triples = parsed(&file, &profile.turtle)?;
            files.push((file, profile.group.as_deref(), triples));
        }
        let graph: Graph = files.iter().flat_map(|(_, _, triples)| triples.clone()).collect();
        let shapes = load(&graph, &files)?;
        let mut background = parsed("adit.ttl", adit_vocab::TURTLE)?;
        background.extend(parsed("units.ttl", adit_vocab::UNITS)?);
        background.extend(files.into_iter().flat_map(|(_, _, triples)| triples));
        Ok(Self { shapes, background })
    }

    /// Indexes the facts to be checked: those to be published and those that are.
    ///
    /// What the writer says of itself belongs to them: `<did> adit:coversIdentifierPrefix "https://id.shop.example/"`
    /// for each prefix, by which rule S9 knows whose items are another company's.
    pub fn data<'a>(&'a self, triples: impl IntoIterator<Item = TripleRef<'a>>) -> Data<'a> {
        Data::new(self.background.iter().map(Triple::as_ref).chain(triples))
    }

    /// What the shapes lean on beside the facts: the vocabulary, the units and the profiles.
    pub fn background(&self) -> impl Iterator<Item = TripleRef<'_>> {
        self.background.iter().map(Triple::as_ref)
    }

    /// Everything in the scope that breaks a shape, sorted by shape, focus, path and value.
    ///
    /// # Errors
    /// [`Unchecked`] where a query of a shape took more steps than the bound allows, or failed.
    pub fn validate(&self, data: &Data<'_>, scope: &Scope<'_>) -> Result<Vec<Finding>, Unchecked> {
        Check::new(&self.shapes, data, scope).run()
    }

    /// What the items in the scope lack of what their profile asks for, counted by field; the largest gaps first.
    ///
    /// A field counts as filled where the item or its `schema:model` has it.
    pub fn gaps(&self, data: &Data<'_>, scope: &Scope<'_>) -> Vec<Gap> {
        gaps::gaps(&self.shapes, data, scope)
    }

    #[cfg(test)]
    pub(crate) fn shapes(&self) -> &[Shape] {
        &self.shapes
    }
}

fn parsed(file: &str, turtle: &str) -> Result<Vec<Triple>, ShapesError> {
    let triples = TurtleParser::new().for_slice(turtle).collect::<Result<_, _>>();
    triples.map_err(|e| ShapesError { file: file.to_owned(), cause: Cause::Syntax(e.to_string()) })
}

fn load(
    graph: &Graph,
    files: &[(String, Option<&str>, Vec<Triple>)],
) -> Result<Vec<Shape>, ShapesError> {
    let referred = referred(graph);
    let mut loader = Loader::new(graph);
    for (file, group, triples) in files {
        let own: Graph = triples.iter().cloned().collect();
        for root in roots(&own) {
            let is_for_group = node::is_a(&own, (&root).into(), "NodeShape")
                && !referred.contains(&root)
                && !own.triples_for_subject(&root).any(|triple| {
                    triple.predicate.as_str().starts_with(&format!("{}target", node::SH))
                });
            let target = group.filter(|_| is_for_group).map(|it| Target::Group(it.to_owned()));
            let failed = |cause| ShapesError { file: file.clone(), cause };
            loader.root(&root, target).map_err(failed)?;
        }
    }
    Ok(loader.finish())
}

/// The shapes that others refer to.
fn referred(graph: &Graph) -> HashSet<NamedNode> {
    let leads = |triple: &TripleRef<'_>| {
        let to_shape = ["property", "node", "not"];
        let local = triple.predicate.as_str().strip_prefix(node::SH);
        local.is_some_and(|local| to_shape.contains(&local))
            || triple.predicate == oxrdf::vocab::rdf::FIRST
    };
    let ends = graph.iter().filter(leads).filter_map(|triple| as_subject(&triple.object.into()));
    ends.filter_map(|end| match Term::from(end) {
        Term::NamedNode(node) => Some(node),
        Term::BlankNode(_) | Term::Literal(_) => None,
    })
    .collect()
}
