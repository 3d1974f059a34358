//! The focus nodes of a shape: its targets within the scope of a check.

use crate::data::Data;
use crate::shape::Target;
use crate::shapes::{Focus, Scope};
use adit_vocab::{adit, schema};
use oxrdf::{NamedNodeRef, TermRef};

/// The nodes that a check looks at: `None` for all.
pub(crate) struct Near(Option<Vec<bool>>);

impl Near {
    /// The given nodes, what they point to, and what points to them.
    pub(crate) fn of(data: &Data<'_>, focus: Focus<'_>) -> Self {
        let Focus::Near(nodes) = focus else { return Self(None) };
        let terms = data.terms() as usize;
        let mut given = vec![false; terms];
        for id in nodes.iter().filter_map(|node| data.id((*node).into())) {
            given[id as usize] = true;
        }
        let mut near = given.clone();
        for subject in 0..data.terms() {
            for (_, object) in data.facts_of(subject) {
                if given[subject as usize] {
                    near[*object as usize] = true;
                } else if given[*object as usize] {
                    near[subject as usize] = true;
                }
            }
        }
        Self(Some(near))
    }

    pub(crate) fn has(&self, node: u32) -> bool {
        self.0.as_ref().is_none_or(|near| near[node as usize])
    }
}

/// The distinct nodes of the targets, ascending, those that are not near among them.
pub(crate) fn targeted(data: &Data<'_>, targets: &[Target], scope: &Scope<'_>) -> Vec<u32> {
    let mut nodes = Vec::new();
    for target in targets {
        match target {
            Target::Class(class) => nodes.extend(instances(data, class.as_ref())),
            Target::SubjectsOf(predicate) => {
                let pairs = data.id_of(predicate).map(|predicate| data.pairs(predicate));
                nodes.extend(pairs.into_iter().flatten().map(|(_, subject)| *subject));
            }
            Target::ObjectsOf(predicate) => {
                let pairs = data.id_of(predicate).map(|predicate| data.pairs(predicate));
                nodes.extend(pairs.into_iter().flatten().map(|(object, _)| *object));
            }
            Target::Group(group) => {
                let classes = [schema::INDIVIDUAL_PRODUCT, schema::PRODUCT_MODEL, adit::BATCH];
                let all = classes.into_iter().flat_map(|class| instances(data, class));
                nodes.extend(all.filter(|node| match data.term(*node) {
                    TermRef::NamedNode(item) => (scope.in_group)(item, group),
                    TermRef::BlankNode(_) | TermRef::Literal(_) => false,
                }));
            }
        }
    }
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

/// The instances of a class and of the classes below it.
pub(crate) fn instances(data: &Data<'_>, class: NamedNodeRef<'_>) -> Vec<u32> {
    let Some(is_a) = data.rdf_type() else { return Vec::new() };
    let classes = data.classes(class);
    classes.into_iter().flat_map(|class| data.subjects(is_a, class)).collect()
}
