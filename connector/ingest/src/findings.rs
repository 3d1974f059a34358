//! What the shapes found wrong, as problems with file, row and column.

use crate::statements::{Place, Stated};
use crate::{Code, Problem, Severity, Statements};
use adit_vocab::PREFIXES;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{NamedNode, NamedOrBlankNode, Term};
use rustc_hash::{FxHashMap, FxHashSet};

/// The most characters of an identifier that a problem repeats.
const IRI_CHARS_MAX: usize = 200;

/// What a shape found wrong with a node, before its place in the files is known.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The shape's IRI, such as `https://w3id.org/adit/shapes#S6`.
    pub shape: NamedNode,
    /// The node that is wrong.
    pub focus: Term,
    /// The property that is wrong, where it is one.
    pub path: Option<NamedNode>,
    /// The value that is wrong, where it is one; the record to look at, where no property is named.
    pub value: Option<Term>,
    /// Whether it keeps the files from being published.
    pub severity: Severity,
    /// What is wrong, and after a semicolon the way out.
    pub message: String,
}

/// The cause that a shape stands for: the longest name that the shape's own begins with decides.
const CODES: &[(&str, Code)] = &[
    ("S1", Code::IdentifierForm),
    ("S1-check", Code::CarrierDigit),
    ("S2", Code::IdentifierKind),
    ("S3", Code::ItemIncomplete),
    ("S4", Code::IntervalIncomplete),
    ("S5", Code::IntervalOrder),
    ("S6", Code::InstallationOverlap),
    ("S7", Code::InstallationPosition),
    ("S8", Code::InstallationCycle),
    ("S9", Code::ReferenceHolder),
    ("S13", Code::ObservationIncomplete),
    ("S13-number", Code::ValueNumber),
    ("S13-unit", Code::UnitUnknown),
    ("S13-kind", Code::UnitKind),
    ("S14", Code::ValueRange),
    ("S15", Code::CompositionSum),
    ("S16", Code::SubstanceUnnamed),
    ("S16-cas", Code::SubstanceNumber),
    ("S16-check", Code::SubstanceNumber),
    ("S16-concentration", Code::ValueRange),
    ("S17", Code::FootprintIncomplete),
    ("S17-excluding", Code::FootprintFigure),
    ("S17-including", Code::FootprintFigure),
    ("S17-period", Code::IntervalOrder),
    ("S17-unit", Code::UnitUnknown),
];

/// Finds for each finding the row that it is about, and makes a problem of it.
///
/// ```
/// use adit_ingest::{Context, Finding, Severity, SourceFile, locate, read};
/// # let context = Context { own: "did:web:shop.example".parse().unwrap(), base: "https://shop.example".into(),
/// #     templates: Default::default(), partners: vec![], makers: Default::default(), vocabulary: adit_vocab::Vocabulary::bundled().clone(), files: Default::default() };
/// let data = b"<https://shop.example/record/i/1> <https://w3id.org/adit/ns#installedItem> <https://id.shop.example/p/1> .";
/// let statements = read(&SourceFile { name: "parts.nt", data, mapping: None }, &context).unwrap();
/// let finding = Finding {
///     shape: oxrdf::NamedNode::new_unchecked("https://w3id.org/adit/shapes#S9"),
///     focus: oxrdf::NamedNode::new_unchecked("https://id.shop.example/p/1").into(),
///     path: None,
///     value: None,
///     severity: Severity::Error,
///     message: "nothing says whose it is; state adit:factsHeldBy".into(),
/// };
/// let problems = locate(vec![finding], &[statements]);
/// assert_eq!(problems[0].to_string(), "\
/// parts.nt, value 'https://id.shop.example/p/1': nothing says whose it is [reference.holder]
///   state adit:factsHeldBy");
/// ```
pub fn locate(findings: Vec<Finding>, sources: &[Statements]) -> Vec<Problem> {
    let mut by_node: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (index, finding) in findings.iter().enumerate() {
        for node in [Some(&finding.focus), finding.value.as_ref()].into_iter().flatten() {
            if let Term::NamedNode(node) = node {
                by_node.entry(node.as_str()).or_default().push(index);
            }
        }
    }
    let mut best: Vec<Option<(Fit, usize, Place)>> = vec![None; findings.len()];
    for (number, source) in sources.iter().enumerate() {
        for stated in source.stated() {
            for index in concerned(stated, &by_node) {
                let fit = Fit::of(stated, &findings[index]);
                // Among equals the first: files that are being read come before what is published.
                if fit > best[index].map_or(Fit::None, |known| known.0) {
                    best[index] = Some((fit, number, stated.place));
                }
            }
        }
    }
    let problem = |finding: &Finding, best: Option<(Fit, usize, Place)>| match best {
        None => problem_of(finding),
        Some((fit, number, place)) => {
            let mut problem = problem_of(finding);
            // The row is right for all of its statements, the column only for the one that was meant.
            let column = place.column.filter(|_| fit >= Fit::Record);
            // A record is named by a hash, and a moment in UTC is not what stands in the cell: the row tells more.
            let is_moment = matches!(&finding.value, Some(Term::Literal(it)) if it.datatype() == xsd::DATE_TIME);
            if place.row > 0 && (column.is_none() || is_moment) {
                problem.value = None;
            }
            sources[number].locate(problem, Place { column, ..place })
        }
    };
    let mut gathered = Gathered::default();
    for (finding, best) in findings.iter().zip(best) {
        gathered.add(finding, problem(finding, best));
    }
    gathered.list
}

/// Problems in which one that many rows repeat stands once, at the first of them.
#[derive(Default)]
struct Gathered {
    list: Vec<Problem>,
    /// Where the problem of a shape, file, column, message and value stands.
    known: FxHashMap<(NamedNode, [Option<String>; 4]), usize>,
    /// The rows that were counted for each, so that two things of one row are one row.
    rows: FxHashSet<(usize, u64)>,
}

impl Gathered {
    fn add(&mut self, finding: &Finding, problem: Problem) {
        // A record has no name that a person knows: its row is all that tells it from another.
        if finding.value.is_some() && problem.value.is_none() {
            return self.list.push(problem);
        }
        // That each item has a name of its own does not make it another problem; another wrong value does.
        let value = problem.value.clone().filter(|_| finding.value.is_some());
        let Problem { file, column, message, .. } = &problem;
        let place = [Some(file.clone()), column.clone(), Some(message.clone()), value];
        let key = (finding.shape.clone(), place);
        let at = *self.known.entry(key).or_insert(self.list.len());
        let is_new_row = problem.row.is_none_or(|row| self.rows.insert((at, row)));
        match self.list.get_mut(at) {
            None => self.list.push(problem),
            Some(first) if is_new_row => {
                if problem.row < first.row {
                    first.value = problem.value;
                }
                first.repeat_at(problem.row);
            }
            Some(_) => {}
        }
    }
}

/// How well a statement is the one that a finding is about, from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    None,
    /// It leads to the node.
    Object,
    /// It is about the node.
    Subject,
    /// It says what kind of thing the node is.
    Kind,
    /// It is about the record that the finding names.
    RecordSubject,
    /// It says of that record which node it is about.
    Record,
    /// It has the node and the property.
    Property,
    /// It has the value too.
    Value,
}

impl Fit {
    fn of(stated: &Stated, finding: &Finding) -> Self {
        let triple = &stated.triple;
        let is_subject = |term: &Term| match (term, &triple.subject) {
            (Term::NamedNode(a), NamedOrBlankNode::NamedNode(b)) => a == b,
            _ => false,
        };
        if is_subject(&finding.focus) {
            let is_value = finding.value.as_ref() == Some(&triple.object);
            let is_literal = matches!(triple.object, Term::Literal(_));
            return match (finding.path.as_ref(), is_value) {
                (Some(path), true) if *path == triple.predicate => Self::Value,
                (Some(path), false) if *path == triple.predicate => Self::Property,
                (None, true) if is_literal => Self::Value,
                _ if triple.predicate == rdf::TYPE => Self::Kind,
                _ => Self::Subject,
            };
        }
        if finding.value.as_ref().is_some_and(is_subject) && finding.path.is_none() {
            return if triple.object == finding.focus { Self::Record } else { Self::RecordSubject };
        }
        if triple.object == finding.focus { Self::Object } else { Self::None }
    }
}

fn concerned(stated: &Stated, by_node: &FxHashMap<&str, Vec<usize>>) -> Vec<usize> {
    if by_node.is_empty() {
        return Vec::new();
    }
    let subject = match &stated.triple.subject {
        NamedOrBlankNode::NamedNode(node) => by_node.get(node.as_str()),
        NamedOrBlankNode::BlankNode(_) => None,
    };
    let object = match &stated.triple.object {
        Term::NamedNode(node) => by_node.get(node.as_str()),
        Term::Literal(_) | Term::BlankNode(_) => None,
    };
    subject.into_iter().chain(object).flatten().copied().collect()
}

fn problem_of(finding: &Finding) -> Problem {
    // Terms are told by the short names that mappings use.
    let short = |text: String, (prefix, namespace): &(&str, &str)| {
        text.replace(namespace, &format!("{prefix}:"))
    };
    let text = PREFIXES.iter().fold(finding.message.clone(), short);
    let (message, fix) = match text.split_once("; ") {
        Some((message, fix)) => (message, fix),
        None => (text.as_str(), "correct the row, or the column of the mapping that makes it"),
    };
    let about = match (&finding.path, &finding.value) {
        (Some(_), Some(value)) | (None, Some(value @ Term::Literal(_))) => value,
        (None, _) | (Some(_), None) => &finding.focus,
    };
    let text = match about {
        Term::NamedNode(node) => node.as_str(),
        Term::Literal(literal) => literal.value(),
        Term::BlankNode(node) => node.as_str(),
    };
    let value = text.chars().take(IRI_CHARS_MAX).collect();
    let problem = Problem::error(code_of(finding), message, fix);
    Problem { severity: finding.severity, value: Some(value), ..problem }
}

fn code_of(finding: &Finding) -> Code {
    let name = finding.shape.as_str().rsplit(['#', '/']).next().unwrap_or_default();
    let rule = name.split('-').next().unwrap_or_default();
    let known = |wanted: &str| CODES.iter().find(|(known, _)| *known == wanted);
    match known(name).or_else(|| known(rule)).map(|(_, code)| *code) {
        Some(Code::UnitUnknown) if finding.value.is_none() => Code::UnitMissing,
        Some(code) => code,
        None => Code::Rule,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_rule_has_its_own_cause() {
        let finding = |name: &str, value: Option<Term>| Finding {
            shape: NamedNode::new_unchecked(format!("https://w3id.org/adit/shapes#{name}")),
            focus: NamedNode::new_unchecked("https://id.shop.example/p/1").into(),
            path: None,
            value,
            severity: Severity::Error,
            message: String::new(),
        };
        for (name, code) in [
            ("S1-gtin", Code::IdentifierForm),
            ("S1-check", Code::CarrierDigit),
            ("S4-from", Code::IntervalIncomplete),
            ("S13-unit", Code::UnitMissing),
            ("S99", Code::Rule),
        ] {
            assert_eq!(code_of(&finding(name, None)), code, "{name}");
        }
        let unit = NamedNode::new_unchecked("http://qudt.org/vocab/unit/Stone");
        assert_eq!(code_of(&finding("S13-unit", Some(unit.into()))), Code::UnitUnknown);
    }
}
