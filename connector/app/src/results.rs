//! Answers as bytes: streamed to a client, or collected for our own people.

use crate::error::Error;
use crate::graph::{GraphFormat, GraphWriter};
use crate::metrics::Metrics;
use crate::negotiate::{GRAPH, ROWS, ROWS_UNASKED, negotiate};
use actix_web::web::Bytes;
use adit_facts::Answer;
use adit_vocab::shorten;
use futures_util::Stream;
use oxrdf::{GraphNameRef, Term, Triple, Variable};
use oxttl::{NTriplesParser, NTriplesSerializer};
use prometheus::HistogramTimer;
use serde_json::{Value, json};
use sparesults::{
    QueryResultsFormat, QueryResultsParser, QueryResultsSerializer, QuerySolution,
    SliceQueryResultsParserOutput,
};

/// An answer, whole.
#[derive(Debug)]
pub enum Collected {
    /// Rows.
    Rows {
        /// The columns.
        variables: Vec<Variable>,
        /// The cells.
        rows: Vec<Vec<Option<Term>>>,
    },
    /// Yes or no.
    Boolean(bool),
    /// Triples.
    Graph(Vec<Triple>),
}

/// Reads an answer to its end.
pub async fn collect(answer: Answer) -> Result<Value, Error> {
    let collected = match answer {
        Answer::Boolean(yes) => Collected::Boolean(yes),
        Answer::Solutions { variables, mut rows } => {
            let mut all = Vec::new();
            while let Some(row) = rows.recv().await {
                all.push(row?);
            }
            Collected::Rows { variables, rows: all }
        }
        Answer::Graph(mut triples) => {
            let mut all = Vec::new();
            while let Some(triple) = triples.recv().await {
                all.push(triple?);
            }
            Collected::Graph(all)
        }
    };
    Ok(match &collected {
        Collected::Graph(_) => json!({ "ntriples": collected.to_csv()? }),
        Collected::Rows { .. } | Collected::Boolean(_) => {
            serde_json::from_str(&collected.to_json()?)
                .map_err(|e| Error::Internal(e.to_string()))?
        }
    })
}

impl Collected {
    /// Reads what [`collect`] made.
    pub fn from_json(results: &Value) -> Result<Self, Error> {
        let broken = |e: String| Error::Internal(format!("the results: {e}"));
        if let Some(text) = results.get("ntriples").and_then(Value::as_str) {
            let triples = NTriplesParser::new().for_slice(text.as_bytes());
            return Ok(Self::Graph(
                triples.collect::<Result<_, _>>().map_err(|e| broken(e.to_string()))?,
            ));
        }
        let text = results.to_string();
        let parser = QueryResultsParser::from_format(QueryResultsFormat::Json);
        match parser.for_slice(text.as_bytes()).map_err(|e| broken(e.to_string()))? {
            SliceQueryResultsParserOutput::Boolean(yes) => Ok(Self::Boolean(yes)),
            SliceQueryResultsParserOutput::Solutions(solutions) => {
                let variables = solutions.variables().to_vec();
                let row = |solution: QuerySolution| {
                    variables.iter().map(|name| solution.get(name).cloned()).collect()
                };
                let rows = solutions
                    .map(|solution| solution.map(row).map_err(|e| broken(e.to_string())))
                    .collect::<Result<_, _>>()?;
                Ok(Self::Rows { variables, rows })
            }
        }
    }

    /// SPARQL results JSON; a graph as N-Triples.
    pub fn to_json(&self) -> Result<String, Error> {
        self.write(QueryResultsFormat::Json)
    }

    /// SPARQL results CSV; a graph as N-Triples.
    pub fn to_csv(&self) -> Result<String, Error> {
        self.write(QueryResultsFormat::Csv)
    }

    fn write(&self, format: QueryResultsFormat) -> Result<String, Error> {
        let broken = |e: std::io::Error| Error::Internal(format!("the results: {e}"));
        let serializer = QueryResultsSerializer::from_format(format);
        let bytes = match self {
            Self::Boolean(yes) => {
                serializer.serialize_boolean_to_writer(Vec::new(), *yes).map_err(broken)?
            }
            Self::Rows { variables, rows } => {
                let mut writer = serializer
                    .serialize_solutions_to_writer(Vec::new(), variables.clone())
                    .map_err(broken)?;
                for row in rows {
                    writer.serialize(cells(variables, row)).map_err(broken)?;
                }
                writer.finish().map_err(broken)?
            }
            Self::Graph(triples) => {
                let mut writer = NTriplesSerializer::new().for_writer(Vec::new());
                for triple in triples {
                    writer.serialize_triple(triple).map_err(broken)?;
                }
                writer.finish()
            }
        };
        String::from_utf8(bytes).map_err(|e| Error::Internal(e.to_string()))
    }

    /// A table for people.
    pub fn to_table(&self) -> String {
        let (variables, rows) = match self {
            Self::Boolean(yes) => return if *yes { "yes\n".into() } else { "no\n".into() },
            Self::Graph(triples) => {
                return triples.iter().map(|triple| format!("{triple} .\n")).collect();
            }
            Self::Rows { variables, rows } => (variables, rows),
        };
        let header: Vec<String> = variables.iter().map(|name| name.as_str().to_owned()).collect();
        let cells: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        let widths: Vec<usize> = (0..header.len())
            .map(|column| {
                let width = |row: &Vec<String>| row[column].chars().count();
                cells.iter().chain([&header]).map(width).max().unwrap_or_default()
            })
            .collect();
        let line = |row: &Vec<String>| {
            let padded = row.iter().zip(&widths).map(|(text, width)| format!("{text:width$}"));
            format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
        };
        let rule = widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>();
        let mut table = line(&header) + &line(&rule);
        table.extend(cells.iter().map(line));
        let count = rows.len();
        table + &format!("{count} {}\n", if count == 1 { "row" } else { "rows" })
    }
}

fn cell(term: &Option<Term>) -> String {
    match term {
        None => String::new(),
        Some(Term::NamedNode(node)) => shorten(node.as_str()),
        Some(Term::BlankNode(node)) => node.to_string(),
        Some(Term::Literal(literal)) => literal.value().to_owned(),
    }
}

fn cells<'r>(
    variables: &'r [Variable],
    row: &'r [Option<Term>],
) -> impl Iterator<Item = (&'r Variable, &'r Term)> {
    variables.iter().zip(row).filter_map(|(name, term)| Some((name, term.as_ref()?)))
}

/// How many bytes are gathered before they are sent.
const CHUNK_BYTES: usize = 16 << 10;

/// An answer in the format that a client asked for.
pub struct Body<S> {
    /// The `Content-Type`.
    pub content_type: String,
    /// The bytes, written while the worker still finds rows.
    ///
    /// A failure on the way ends them early, so that no client takes a part for the whole.
    pub stream: S,
}

/// What is watched of an answer on its way out.
pub struct Watch {
    /// Where a late refusal is counted.
    pub metrics: Metrics,
    /// Runs until the last byte is handed over.
    pub timer: HistogramTimer,
}

/// Writes an answer as an `Accept` header wants it.
///
/// # Errors
/// [`Error::NotAcceptable`], before anything is written.
pub fn body(
    answer: Answer,
    accept: Option<&str>,
    watch: Watch,
) -> Result<Body<impl Stream<Item = Result<Bytes, Error>> + use<>>, Error> {
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    let content_type = match answer {
        Answer::Boolean(yes) => {
            let offer = negotiate(accept, ROWS)?;
            watched(watch, sender, async move |out| boolean(yes, offer.format, out).await);
            offer.content_type()
        }
        Answer::Solutions { variables, rows } => {
            let offer = match accept {
                Some(_) => negotiate(accept, ROWS)?,
                None => ROWS_UNASKED,
            };
            let format = offer.format;
            watched(watch, sender, async move |out| solutions(variables, rows, format, out).await);
            offer.content_type()
        }
        Answer::Graph(triples) => {
            let offer = negotiate(accept, GRAPH)?;
            watched(watch, sender, async move |out| graph(triples, offer.format, out).await);
            offer.content_type()
        }
    };
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    Ok(Body { content_type, stream })
}

/// Lets an answer be written on its own, and tells its end to the client and to who watches.
fn watched<W>(watch: Watch, sender: Sender, write: W)
where
    W: AsyncFnOnce(&Sender) -> Result<(), Error> + 'static,
{
    actix_web::rt::spawn(async move {
        let written = tokio::select! {
            written = write(&sender) => written,
            // Nobody reads any more, and nobody needs to know: the query ends, though it may find no row for long.
            () = sender.closed() => Ok(()),
        };
        if let Err(error) = written {
            watch.metrics.refused(error.code());
            drop(sender.send(Err(error)).await);
        }
        drop(watch.timer);
    });
}

type Sender = tokio::sync::mpsc::Sender<Result<Bytes, Error>>;
type Receiver<T> = tokio::sync::mpsc::Receiver<Result<T, adit_facts::QueryError>>;

async fn send(sender: &Sender, bytes: Vec<u8>) -> Result<(), Error> {
    let gone = |_| Error::Internal("the reader is gone".to_owned());
    sender.send(Ok(Bytes::from(bytes))).await.map_err(gone)
}

fn broken(e: std::io::Error) -> Error {
    Error::Internal(format!("writing the answer: {e}"))
}

async fn boolean(yes: bool, format: QueryResultsFormat, sender: &Sender) -> Result<(), Error> {
    let serializer = QueryResultsSerializer::from_format(format);
    send(sender, serializer.serialize_boolean_to_writer(Vec::new(), yes).map_err(broken)?).await
}

/// A buffer that a serializer writes into and that is emptied in between.
#[derive(Default, Clone)]
struct Shared(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no holder of the lock panics").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Shared {
    /// What was written, once it is enough to send.
    fn take(&self, at_least: usize) -> Option<Vec<u8>> {
        let mut bytes = self.0.lock().expect("no holder of the lock panics");
        (bytes.len() >= at_least).then(|| std::mem::take(&mut *bytes))
    }
}

async fn solutions(
    variables: Vec<Variable>,
    mut rows: Receiver<Vec<Option<Term>>>,
    format: QueryResultsFormat,
    sender: &Sender,
) -> Result<(), Error> {
    let buffer = Shared::default();
    let serializer = QueryResultsSerializer::from_format(format);
    let mut writer = serializer
        .serialize_solutions_to_writer(buffer.clone(), variables.clone())
        .map_err(broken)?;
    while let Some(row) = rows.recv().await {
        writer.serialize(cells(&variables, &row?)).map_err(broken)?;
        if let Some(bytes) = buffer.take(CHUNK_BYTES) {
            send(sender, bytes).await?;
        }
    }
    writer.finish().map_err(broken)?;
    send(sender, buffer.take(0).unwrap_or_default()).await
}

async fn graph(
    mut triples: Receiver<Triple>,
    format: GraphFormat,
    sender: &Sender,
) -> Result<(), Error> {
    let buffer = Shared::default();
    let mut writer = GraphWriter::new(format, &[], buffer.clone());
    while let Some(triple) = triples.recv().await {
        let triple = triple?;
        writer.write(triple.as_ref().in_graph(GraphNameRef::DefaultGraph)).map_err(broken)?;
        if let Some(bytes) = buffer.take(CHUNK_BYTES) {
            send(sender, bytes).await?;
        }
    }
    writer.finish().map_err(broken)?;
    send(sender, buffer.take(0).unwrap_or_default()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[actix_web::test]
    async fn a_reader_who_goes_away_ends_a_query_that_finds_no_more_rows() {
        let (found, rows) = tokio::sync::mpsc::channel(1);
        let answer = Answer::Solutions { variables: Vec::new(), rows };
        let metrics = Metrics::new(crate::clock::now());
        let watch = Watch { timer: metrics.time_query(), metrics };
        let body = body(answer, None, watch).unwrap();
        assert!(!found.is_closed());
        drop(body);
        let told = tokio::time::timeout(Duration::from_secs(5), found.closed()).await;
        assert!(told.is_ok(), "the query goes on for nobody");
    }
}
