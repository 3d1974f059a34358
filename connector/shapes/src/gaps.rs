//! What passports still lack.

use crate::Severity;
use crate::data::Data;
use crate::shape::{Constraint, Shape, Target};
use crate::shapes::Scope;
use crate::target::{Near, instances, targeted};
use adit_vocab::schema;
use oxrdf::{NamedNode, Term};
use rustc_hash::FxHashSet;

/// The most examples of a gap.
const EXAMPLES_MAX: usize = 3;

/// A field that passports should have and some lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The shape of the field, such as `https://w3id.org/adit/profiles/core#mass`.
    pub shape: NamedNode,
    /// The predicate of the field.
    pub field: NamedNode,
    /// The number of items that the field is asked of.
    pub asked: usize,
    /// The number of items without it: neither they nor their model have it.
    pub missing: usize,
    /// The number of items that have it by their model alone.
    pub inherited: usize,
    /// The first items without it, three at most.
    pub examples: Vec<Term>,
}

/// Counts what is missing, by field; the largest gaps first.
pub(crate) fn gaps(shapes: &[Shape], data: &Data<'_>, scope: &Scope<'_>) -> Vec<Gap> {
    let near = Near::of(data, scope.focus);
    let model = data.id(schema::MODEL.into());
    let mut gaps = Vec::new();
    for shape in shapes.iter().filter(|shape| !shape.targets.is_empty()) {
        let fields: Vec<_> = shape.constraints.iter().filter_map(|it| field(shapes, it)).collect();
        if fields.is_empty() {
            continue;
        }
        let mut asked = targeted(data, &shape.targets, scope);
        asked.retain(|node| near.has(*node));
        if shape.targets.iter().any(|target| matches!(target, Target::Group(_))) {
            // A model is there to be inherited from.
            let models: FxHashSet<_> = instances(data, schema::PRODUCT_MODEL).into_iter().collect();
            asked.retain(|node| !models.contains(node));
        }
        for (name, predicate, least) in fields {
            let predicate_id = data.id_of(predicate);
            let has =
                |node: u32| predicate_id.is_some_and(|it| data.objects_of(node, it).len() >= least);
            let by_model =
                |node: u32| model.is_some_and(|model| data.objects(node, model).any(&has));
            let mut gap = Gap {
                shape: name.clone(),
                field: predicate.clone(),
                asked: asked.len(),
                missing: 0,
                inherited: 0,
                examples: Vec::new(),
            };
            for node in asked.iter().filter(|node| !has(**node)) {
                if by_model(*node) {
                    gap.inherited += 1;
                } else {
                    gap.missing += 1;
                    if gap.examples.len() < EXAMPLES_MAX {
                        gap.examples.push(data.term(*node).into_owned());
                    }
                }
            }
            gaps.push(gap);
        }
    }
    gaps.retain(|gap| gap.missing > 0);
    gaps.sort_by(|left, right| right.missing.cmp(&left.missing).then(left.shape.cmp(&right.shape)));
    gaps
}

/// A property shape that asks for a value and weighs as a gap: its name, its predicate, and how many values it asks for.
fn field<'s>(
    shapes: &'s [Shape],
    constraint: &Constraint,
) -> Option<(&'s NamedNode, &'s NamedNode, usize)> {
    let Constraint::Property(index) = constraint else { return None };
    let shape = &shapes[*index];
    let least = shape.constraints.iter().find_map(|constraint| match constraint {
        Constraint::MinCount(least) => Some(*least),
        _ => None,
    })?;
    let is_gap = shape.severity == Severity::Info;
    let predicate = shape.path.as_ref().and_then(|path| path.predicate())?;
    is_gap.then_some((shape.name.as_ref()?, predicate, least))
}
