//! The query suite and the results formats.

use super::exceptions::assert_passed;
use super::manifest::{Entry, Evaluation, Kind, QUERY, RESULTS, entries, folder, text};
use super::same::Answer;
use super::{data, server};
use adit::credentials::Caller;
use adit::policy::{Asked, Permit, Policies, decide};
use adit_facts::{Change, Limits, QueryText, Refusal, Results, Store, View};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::sparql::results::QueryResultsFormat;
use oxrdf::vocab::rdf;
use oxrdf::{Graph, NamedNode, NamedNodeRef, Quad, TermRef, Triple};
use spargebra::Query;
use spargebra::algebra::{GraphPattern, QueryDataset};

/// Rooms of three tiers, among which the default graph is spread.
const ROOMS: [&str; 3] = [
    "https://suite.example/room/part/as-built/public",
    "https://suite.example/room/part/as-built/partner/did:web:oem.example",
    "https://suite.example/room/part/as-used/owner",
];

/// The name of no graph: a default graph of it is empty.
const NO_GRAPH: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://suite.example/no-graph");

#[test]
fn every_query_is_answered_in_process() {
    let entries: Vec<_> = entries(&[QUERY, RESULTS].concat());
    let (permit, evaluated) = (all_open(), |entry: &Entry| entry.kind() == Kind::Evaluation);
    let entries: Vec<_> = entries.into_iter().filter(evaluated).collect();
    assert_passed("in process", &entries, |entry| {
        let evaluation = entry.evaluation();
        let query = parsed(&evaluation)?;
        let got = in_process(&evaluation, query.clone(), &permit)?;
        compare(&evaluation, &query, &got)
    });
}

#[test]
fn every_query_is_answered_over_http_in_the_format_of_its_result() {
    let entries: Vec<_> = entries(&[QUERY, RESULTS].concat());
    let evaluated = |entry: &Entry| entry.kind() == Kind::Evaluation;
    let entries: Vec<_> = entries.into_iter().filter(evaluated).collect();
    assert_passed("over HTTP", &entries, |entry| {
        let evaluation = entry.evaluation();
        let query = parsed(&evaluation)?;
        let got = over_http(&evaluation, &query)?;
        compare(&evaluation, &query, &got)
    });
}

#[test]
fn the_gate_tells_sparql_from_other_texts() {
    let is_syntax = |entry: &Entry| entry.kind() != Kind::Evaluation;
    let entries: Vec<_> = entries(QUERY).into_iter().filter(is_syntax).collect();
    assert_passed("syntax", &entries, |entry| {
        let file = entry.syntax();
        let text = QueryText::scan(&text(&file), Some(file.as_str()), &Limits::default());
        let parsed = text.and_then(|text| text.parse());
        match (entry.kind(), parsed) {
            (Kind::PositiveSyntax, Ok(_)) | (Kind::NegativeSyntax, Err(Refusal::Syntax { .. })) => {
                Ok(())
            }
            (_, parsed) => Err(format!("{parsed:?}")),
        }
    });
}

/// The permit of somebody unknown, by a policy that opens everything to everybody.
fn all_open() -> Permit {
    let policy = std::fs::read_to_string(folder().join("all-open.json")).unwrap();
    let policies =
        Policies::read([("all-open.json", policy)], adit_vocab::Vocabulary::bundled()).unwrap();
    let own = "did:web:suite.example".parse().unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    decide(&policies, &Caller::anonymous(), &own, &Asked::default(), now).unwrap()
}

fn parsed(evaluation: &Evaluation) -> Result<Query, String> {
    let text = text(&evaluation.query);
    let text = QueryText::scan(&text, Some(evaluation.query.as_str()), &Limits::default());
    text.and_then(|text| text.parse()).map_err(|refusal| refusal.to_string())
}

/// The dataset clause of a query.
fn dataset(query: &mut Query) -> &mut Option<QueryDataset> {
    match query {
        Query::Select { dataset, .. }
        | Query::Construct { dataset, .. }
        | Query::Describe { dataset, .. }
        | Query::Ask { dataset, .. } => dataset,
    }
}

/// The answer of a View of a store on disk that holds the entry's data alone.
///
/// The default graph is spread over rooms, a part of it stated in two: merged again it must be the suite's. The named
/// graphs are rooms of their names. Where there are some, or the query asks for some, the dataset is told as `FROM` and
/// `FROM NAMED` would; else the query reads all that is visible.
fn in_process(
    evaluation: &Evaluation,
    mut query: Query,
    permit: &Permit,
) -> Result<Answer, String> {
    let room = |name: &str| NamedNode::new_unchecked(name);
    let mut add: Vec<Quad> = Vec::new();
    let mut state = |triple: &Triple, room: NamedNode| add.push(triple.clone().in_graph(room));
    let tells = dataset(&mut query).is_some();
    for file in &evaluation.default {
        for (number, triple) in data::facts(file).iter().enumerate() {
            if tells {
                state(triple, file.clone());
                continue;
            }
            state(triple, room(ROOMS[number % 3]));
            if number % 2 == 0 {
                state(triple, room(ROOMS[(number + 1) % 3]));
            }
        }
    }
    for file in &evaluation.named {
        data::facts(file).iter().for_each(|triple| state(triple, file.clone()));
    }
    let asks_by_name = text(&evaluation.query).to_lowercase().contains("graph");
    if !tells && (asks_by_name || !evaluation.named.is_empty()) {
        let default = ROOMS.map(room).to_vec();
        *dataset(&mut query) =
            Some(QueryDataset { default, named: Some(evaluation.named.clone()) });
    }
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).map_err(|e| e.to_string())?;
    store.apply(1, &Change { add, remove: vec![] }).map_err(|e| e.to_string())?;
    let view =
        View::open(&store, permit, jiff::Timestamp::UNIX_EPOCH).map_err(|e| e.to_string())?;
    Ok(match view.query(&query).map_err(|e| e.to_string())? {
        Results::Boolean(value) => Answer::Boolean(value),
        Results::Solutions { variables, rows } => {
            Answer::Rows(variables.iter().map(|it| it.as_str().to_owned()).collect(), rows)
        }
        Results::Graph(triples) => Answer::Graph(triples),
    })
}

/// The answer of a connector that holds the data of all entries, each file as a room of its name; the dataset is told
/// by the parameters of the protocol, or by the query where it has a clause.
fn over_http(evaluation: &Evaluation, query: &Query) -> Result<Answer, String> {
    let text = format!("BASE <{}>\n{}", evaluation.query.as_str(), text(&evaluation.query));
    let format = format_of(&evaluation.result, query);
    let (default, named) = match query.dataset() {
        Some(_) => (vec![], &[][..]),
        None => (evaluation.default.clone(), &evaluation.named[..]),
    };
    // Without a dataset all that is visible would be asked, and here that is the data of all entries.
    let says_nothing = query.dataset().is_none() && default.is_empty() && named.is_empty();
    let default = if says_nothing { vec![NO_GRAPH.into_owned()] } else { default };
    let accept = match format {
        Format::Results(format) => format.media_type(),
        Format::Graph => RdfFormat::Turtle.media_type(),
    };
    let got = server::ask(&text, &default, named, accept);
    if got.status != 200 {
        return Err(format!("{}: {}", got.status, got.text()));
    }
    match format {
        Format::Results(format) => Answer::read(got.text(), format),
        Format::Graph => {
            let parser = RdfParser::from_format(RdfFormat::Turtle).for_slice(&got.body);
            let quads = parser.map(|quad| quad.map(Triple::from).map_err(|e| e.to_string()));
            Ok(Answer::Graph(quads.collect::<Result<_, _>>()?))
        }
    }
}

/// The format of an answer.
#[derive(Clone, Copy)]
enum Format {
    Results(QueryResultsFormat),
    Graph,
}

/// The format that a result of the suite is in; rows in Turtle are asked for in JSON.
fn format_of(result: &NamedNode, query: &Query) -> Format {
    let extension = result.as_str().rsplit('.').next().unwrap();
    match (extension, query) {
        (_, Query::Construct { .. } | Query::Describe { .. }) => Format::Graph,
        ("ttl", Query::Select { .. } | Query::Ask { .. }) => {
            Format::Results(QueryResultsFormat::Json)
        }
        (extension, Query::Select { .. } | Query::Ask { .. }) => {
            Format::Results(QueryResultsFormat::from_extension(extension).unwrap())
        }
    }
}

fn compare(evaluation: &Evaluation, query: &Query, got: &Answer) -> Result<(), String> {
    let expected = expected(evaluation, query)?;
    let got = &as_read(got, &evaluation.result);
    match expected.is(got, is_ordered(query)) {
        true => Ok(()),
        false => Err(format!("expected\n{expected}got\n{got}")),
    }
}

/// The answer that the suite expects.
fn expected(evaluation: &Evaluation, query: &Query) -> Result<Answer, String> {
    let file = &evaluation.result;
    if !file.as_str().ends_with(".ttl") {
        return match format_of(file, query) {
            Format::Results(format) => Answer::read(&text(file), format),
            Format::Graph => Err(format!("{file} is no graph")),
        };
    }
    let triples = data::read(file);
    Ok(result_set(&triples).unwrap_or(Answer::Graph(triples)))
}

/// Rows that are written as RDF.
fn result_set(triples: &[Triple]) -> Option<Answer> {
    let graph: Graph = triples.iter().cloned().collect();
    let rs = |name: &str| {
        let rs = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#";
        NamedNode::new_unchecked(format!("{rs}{name}"))
    };
    let (set, kind) = (rs("ResultSet"), rdf::TYPE);
    let set = graph.subject_for_predicate_object(kind, &set)?;
    let string = |term: TermRef<'_>| match term {
        TermRef::Literal(literal) => literal.value().to_owned(),
        other => panic!("{other} is no name of a variable"),
    };
    let variables = graph.objects_for_subject_predicate(set, &rs("resultVariable"));
    let variables: Vec<_> = variables.map(string).collect();
    let rows = graph.objects_for_subject_predicate(set, &rs("solution")).map(|solution| {
        let mut row = vec![None; variables.len()];
        let solution = super::manifest::node(solution);
        for binding in graph.objects_for_subject_predicate(solution, &rs("binding")) {
            let part = |name| {
                let binding = super::manifest::node(binding);
                graph.object_for_subject_predicate(binding, &rs(name)).unwrap()
            };
            let variable = string(part("variable"));
            let place = variables.iter().position(|it| *it == variable).unwrap();
            row[place] = Some(part("value").into_owned());
        }
        row
    });
    let rows = rows.collect();
    Some(Answer::Rows(variables, rows))
}

/// An answer as the format of the result gives it back: of a CSV cell remains its text.
fn as_read(got: &Answer, result: &NamedNode) -> Answer {
    let keep_text = result.as_str().ends_with(".csv");
    match got {
        Answer::Boolean(value) => Answer::Boolean(*value),
        Answer::Graph(triples) => Answer::Graph(triples.clone()),
        Answer::Rows(names, rows) => {
            let cell = |term: &Option<oxrdf::Term>| match data::unnamed(term.clone()?) {
                oxrdf::Term::NamedNode(node) if keep_text => {
                    Some(oxrdf::Literal::from(node.as_str()).into())
                }
                oxrdf::Term::Literal(literal) if keep_text => {
                    Some(oxrdf::Literal::from(literal.value()).into())
                }
                term => Some(term),
            };
            let rows = rows.iter().map(|row| row.iter().map(cell).collect());
            Answer::Rows(names.clone(), rows.collect())
        }
    }
}

/// Whether the rows come in an order that the query asks for.
fn is_ordered(query: &Query) -> bool {
    let Query::Select { pattern, .. } = query else { return false };
    let mut pattern = pattern;
    loop {
        match pattern {
            GraphPattern::OrderBy { .. } => return true,
            GraphPattern::Project { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. } => pattern = inner,
            _ => return false,
        }
    }
}
