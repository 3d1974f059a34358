//! `/sparql`: the query operation of the [SPARQL 1.1 Protocol](https://www.w3.org/TR/sparql11-protocol/#query-operation).

use super::{Handled, authorization};
use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::negotiate::{Kind, negotiate};
use crate::query::{self, Request};
use crate::results;
use actix_web::http::header::{ACCEPT, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use adit_facts::Answer;
use oxrdf::NamedNode;

/// `GET /sparql?query=…`
pub(super) async fn get(connector: Data<Connector>, request: HttpRequest) -> Handled {
    let parsed = read(request.query_string(), None)?;
    respond(&connector, &request, parsed).await
}

/// `POST /sparql`, as a form or with the query as the body.
pub(super) async fn post(connector: Data<Connector>, request: HttpRequest, body: Bytes) -> Handled {
    let text =
        std::str::from_utf8(&body).map_err(|_| Error::Usage("the body is not UTF-8".to_owned()))?;
    let media_type = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let parsed = match media_type.as_str() {
        "application/x-www-form-urlencoded" => {
            if !request.query_string().is_empty() {
                return Err(Error::Usage(
                    "parameters stand in the address and in the form; put them all into the form"
                        .into(),
                ));
            }
            read(text, None)?
        }
        "application/sparql-query" => read(request.query_string(), Some(text))?,
        other => {
            return Err(Error::MediaType {
                got: other.to_owned(),
                allowed: "application/x-www-form-urlencoded, application/sparql-query",
            });
        }
    };
    respond(&connector, &request, parsed).await
}

/// Reads the parameters; an unknown or repeated one is told, not ignored.
fn read(parameters: &str, body: Option<&str>) -> Result<Request, Error> {
    let mut parsed = Request::default();
    let mut query = body.map(str::to_owned);
    let twice = |name: &str| Error::Usage(format!("the parameter '{name}' is there twice"));
    let graph = |value: &str| {
        NamedNode::new(value).map_err(|e| Error::Usage(format!("'{value}' is not an IRI: {e}")))
    };
    for (name, value) in url::form_urlencoded::parse(parameters.as_bytes()) {
        match name.as_ref() {
            "query" if query.is_some() => return Err(twice("query")),
            "query" => query = Some(value.into_owned()),
            "default-graph-uri" => parsed.graphs.default.push(graph(&value)?),
            "named-graph-uri" => parsed.graphs.named.push(graph(&value)?),
            "purpose" if parsed.purpose.is_some() => return Err(twice("purpose")),
            "purpose" => parsed.purpose = Some(value.into_owned()),
            "at" if parsed.at.is_some() => return Err(twice("at")),
            "at" => parsed.at = Some(crate::command::query::timestamp(&value, None)?),
            "update" | "using-graph-uri" | "using-named-graph-uri" => {
                return Err(Error::Usage(
                    "facts are published with adit publish; there is no update here".into(),
                ));
            }
            other => {
                return Err(Error::Usage(format!(
                    "the parameter '{other}' is unknown; known are query, default-graph-uri, named-graph-uri, purpose, at"
                )));
            }
        }
    }
    parsed.query = query.ok_or_else(|| {
        Error::Usage("there is no query; send it as ?query= or as the body of a POST".into())
    })?;
    Ok(parsed)
}

async fn respond(connector: &Connector, http: &HttpRequest, mut request: Request) -> Handled {
    request.authorization = authorization(http)?.map(str::to_owned);
    let accept = http.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    let (answer, permit) = query::answer(connector, request, clock::now()).await?;
    let kind = match &answer {
        Answer::Solutions { .. } | Answer::Boolean(_) => Kind::Rows,
        Answer::Graph(_) => Kind::Graph,
    };
    let format = negotiate(accept, kind)?;
    let open: Vec<_> = permit.tiers().map(|tier| tier.as_str()).collect();
    Ok(HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header(("Adit-Tiers", open.join(", ")))
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Vary", "Accept, Authorization"))
        .streaming(results::stream(answer, format)))
}
