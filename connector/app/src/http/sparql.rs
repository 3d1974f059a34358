//! `/sparql`: the query operation of the [SPARQL 1.1 Protocol](https://www.w3.org/TR/sparql11-protocol/#query-operation).

use super::{BODY_BYTES_MAX, Handled, accept, authorization, description, problem};
use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::query::{self, Request};
use crate::results::{self, Watch};
use actix_web::http::Version;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use adit_facts::Refusal;
use adit_policy::Withheld;
use futures_util::TryStreamExt;
use oxrdf::NamedNode;
use percent_encoding::{CONTROLS, utf8_percent_encode};
use url::form_urlencoded;

/// The bodies that are read.
const BODIES: &str = "application/x-www-form-urlencoded, application/sparql-query";
/// Parameters by which some clients repeat what their `Accept` header says; SPARQLWrapper sends all three.
const IGNORED: [&str; 3] = ["format", "output", "results"];
/// The most parameters of a query, most of which name graphs.
const PARAMETERS_MAX: usize = 256;
/// The most predicates that the header `Adit-Withheld` names.
const WITHHELD_MAX: usize = 16;

/// `GET /sparql?query=…`; without any parameter, what this endpoint is.
pub(super) async fn get(connector: Data<Connector>, request: HttpRequest) -> Handled {
    if request.query_string().is_empty() {
        return description::describe(&connector, &request).await;
    }
    let parsed = read(request.query_string(), "", None)?;
    respond(&connector, &request, parsed).await
}

/// `POST /sparql`, as a form or with the query as the body; the dataset may stand in the address in both.
pub(super) async fn post(
    connector: Data<Connector>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> Handled {
    let media_type = media_type(&request)?;
    let body = problem::body(body, BODY_BYTES_MAX)?;
    let text =
        std::str::from_utf8(&body).map_err(|_| Error::Usage("the body is not UTF-8".to_owned()))?;
    let parsed = match media_type.as_str() {
        "application/x-www-form-urlencoded" => read(request.query_string(), text, None)?,
        "application/sparql-query" => read(request.query_string(), "", Some(text))?,
        "application/sparql-update" => return Err(Error::Query(Refusal::Update)),
        _ => return Err(Error::MediaType { got: media_type, allowed: BODIES }),
    };
    respond(&connector, &request, parsed).await
}

/// The media type of a body, which must be UTF-8 as the protocol says.
fn media_type(request: &HttpRequest) -> Result<String, Error> {
    let Some(header) = request.headers().get(CONTENT_TYPE) else {
        return Err(Error::MediaType { got: "none".to_owned(), allowed: BODIES });
    };
    let header = header.to_str().unwrap_or_default().to_ascii_lowercase();
    let mut parts = header.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default().to_owned();
    for parameter in parts {
        let charset = parameter.strip_prefix("charset=").map(|charset| charset.trim_matches('"'));
        if charset.is_some_and(|charset| charset != "utf-8" && charset != "utf8") {
            return Err(Error::MediaType { got: header, allowed: BODIES });
        }
    }
    Ok(media_type)
}

/// Reads the parameters of address and form; an unknown or repeated one is told, not ignored.
fn read(address: &str, form: &str, body: Option<&str>) -> Result<Request, Error> {
    let mut parsed = Request::default();
    let mut query = body.map(str::to_owned);
    let twice = |name: &str| Error::Usage(format!("the parameter '{name}' is there twice"));
    let graph = |value: &str| {
        NamedNode::new(value).map_err(|e| Error::Usage(format!("'{value}' is not an IRI: {e}")))
    };
    let parameters = [address, form].map(|part| form_urlencoded::parse(part.as_bytes()));
    for (number, (name, value)) in parameters.into_iter().flatten().enumerate() {
        if number >= PARAMETERS_MAX {
            return Err(Error::TooManyParameters { limit: PARAMETERS_MAX });
        }
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
                return Err(Error::Query(Refusal::Update));
            }
            ignored if IGNORED.contains(&ignored) => {}
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
    let watch = Watch { metrics: connector.metrics.clone(), timer: connector.metrics.time_query() };
    request.authorization = authorization(http)?.map(str::to_owned);
    let answered = query::answer(connector, request, clock::now()).await?;
    let body = results::body(answered.answer, accept(http).as_deref(), watch)?;
    let open: Vec<_> = answered.permit.tiers().map(|tier| tier.as_str()).collect();
    let mut response = HttpResponse::Ok();
    response
        .content_type(body.content_type)
        .insert_header(("Adit-Tiers", open.join(", ")))
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Vary", "Accept, Authorization"))
        .insert_header(("X-Content-Type-Options", "nosniff"));
    if !answered.withheld.is_empty() {
        response.insert_header(("Adit-Withheld", listed(&answered.withheld)));
    }
    if http.version() < Version::HTTP_11 {
        // Without chunks an answer ends where its connection does, and a part of it would pass for the whole.
        let whole: Vec<Bytes> = body.stream.try_collect().await?;
        return Ok(response.body(whole.concat()));
    }
    Ok(response.streaming(body.stream))
}

/// Withheld predicates as a [list of RFC 9651](https://www.rfc-editor.org/rfc/rfc9651#name-lists), each with its
/// tier; a `*` at the end stands for those left out, which `/summary` lists with what would open them.
fn listed(withheld: &[Withheld]) -> String {
    let name = |it: &Withheld| {
        let short = adit_vocab::shorten(&it.predicate);
        format!("\"{}\";tier={}", utf8_percent_encode(&short, CONTROLS), it.tier.as_str())
    };
    let mut members: Vec<_> = withheld.iter().take(WITHHELD_MAX).map(name).collect();
    if withheld.len() > WITHHELD_MAX {
        members.push("*".to_owned());
    }
    members.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use adit_vocab::Tier;

    #[test]
    fn parameters_of_address_and_form_are_one_list() {
        let parsed = read(
            "default-graph-uri=https%3A%2F%2Fa.example%2Fg",
            "query=ASK+%7B%7D&named-graph-uri=https%3A%2F%2Fa.example%2Fh&format=xml",
            None,
        )
        .unwrap();
        assert_eq!(parsed.query, "ASK {}");
        assert_eq!((parsed.graphs.default.len(), parsed.graphs.named.len()), (1, 1));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        for (address, form, body, told) in [
            ("", "", None, "there is no query; send it as ?query= or as the body of a POST"),
            ("query=ASK+{}&query=ASK+{}", "", None, "the parameter 'query' is there twice"),
            ("query=ASK+{}", "query=ASK+{}", None, "the parameter 'query' is there twice"),
            ("query=ASK+{}", "", Some("ASK {}"), "the parameter 'query' is there twice"),
            ("purpose=a&purpose=b&query=x", "", None, "the parameter 'purpose' is there twice"),
            (
                "update=CLEAR+ALL",
                "",
                None,
                "updates are not accepted here; facts change only by publication",
            ),
            (
                "",
                "update=CLEAR+ALL",
                None,
                "updates are not accepted here; facts change only by publication",
            ),
            (
                "default-graph-uri=here&query=x",
                "",
                None,
                "'here' is not an IRI: No scheme found in an absolute IRI",
            ),
            (
                "qeury=ASK",
                "",
                None,
                "the parameter 'qeury' is unknown; known are query, default-graph-uri, named-graph-uri, purpose, at",
            ),
        ] {
            assert_eq!(read(address, form, body).unwrap_err().to_string(), told);
        }
    }

    #[test]
    fn withheld_predicates_are_a_short_list() {
        let withheld = |count: usize| {
            let one = |n| Withheld {
                predicate: format!("https://w3id.org/adit/ns#p{n:02}"),
                tier: Tier::LegitimateInterest,
                fix: String::new(),
            };
            listed(&(0..count).map(one).collect::<Vec<_>>())
        };
        assert_eq!(
            withheld(2),
            "\"adit:p00\";tier=legitimateInterest, \"adit:p01\";tier=legitimateInterest"
        );
        assert!(withheld(WITHHELD_MAX).ends_with("\"adit:p15\";tier=legitimateInterest"));
        assert!(withheld(100).ends_with("\"adit:p15\";tier=legitimateInterest, *"));
    }
}
