//! An item at its own address: a page for people, the same facts for programs, and attached documents.

use super::linkset::Links;
use super::{Handled, PAGE_POLICY, accept, authorization, html};
use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::graph::{self, GraphFormat};
use crate::negotiate::{ITEM, Offer, Shape, negotiate};
use crate::query;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use adit_facts::View;
use adit_policy::Permit;
use adit_vocab::schema;
use oxrdf::{NamedNode, NamedNodeRef, Quad, TermRef};
use std::collections::BTreeSet;
use url::form_urlencoded;

/// The linkset of an item, however it was asked for.
const LINKSET: Offer<Shape> =
    Offer { media_type: "application/linkset+json", format: Shape::Linkset };

/// `GET` of any other address: the item whose IRI it is.
///
/// An item that the caller may not see and one that does not exist get the same answer.
pub(super) async fn item(connector: Data<Connector>, request: HttpRequest) -> Handled {
    let now = clock::now();
    let iri = iri_of(&connector, &request)?;
    let asker = connector.asker(authorization(&request)?, now).await?;
    let permit = query::decide(&connector, &asker, None, "item", iri.as_str(), now).await?;
    let described = {
        let connector = connector.clone();
        let iri = iri.clone();
        let permit = permit.clone();
        web::block(move || describe(&connector, &permit, &iri, now))
            .await
            .map_err(|e| Error::Internal(e.to_string()))??
    };
    if described.is_empty() {
        return html::missing(&connector, &request, &iri);
    }
    let links = Links::of(&connector.config, &iri)?;
    let accept = accept(&request);
    let wants_linkset = wants_linkset(&request);
    if !wants_linkset
        && let Some(document) = document(&connector, &iri, &described, accept.as_deref())?
    {
        return Ok(document);
    }
    let offer = if wants_linkset { LINKSET } else { negotiate(accept.as_deref(), ITEM)? };
    let body = match offer.format {
        Shape::Page => {
            let known = asker.caller.did().is_some();
            let page = html::item(&connector, &request, &permit, &iri, known, now).await?;
            return html::with_link(page, &links.header());
        }
        Shape::Graph(format) => graph::write(format, &[], &described)?,
        Shape::Linkset => links.to_json().to_string(),
    };
    Ok(HttpResponse::Ok()
        .content_type(offer.content_type())
        .insert_header(("Link", links.header()))
        .insert_header(("Vary", "Accept, Accept-Language, Authorization"))
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Content-Security-Policy", PAGE_POLICY))
        .body(body))
}

/// Whether the address asks for the linkset, as
/// [GS1-conformant resolvers](https://ref.gs1.org/standards/resolver/) spell it.
///
/// Every other link type leads to the item itself, which is what is answered here anyway.
fn wants_linkset(request: &HttpRequest) -> bool {
    form_urlencoded::parse(request.query_string().as_bytes())
        .any(|(name, value)| name == "linkType" && (value == "linkset" || value == "all"))
}

/// The IRI that a request's address stands for.
///
/// A name that is ours is taken as it is; under another name, such as a loopback address, our records
/// and documents are read under the host of the connector, everything else under that of our items.
fn iri_of(connector: &Connector, request: &HttpRequest) -> Result<NamedNode, Error> {
    let path = request.uri().path();
    let asked = request.connection_info().host().to_owned();
    let name = asked.rsplit_once(':').map_or(asked.as_str(), |(name, _)| name);
    let config = &connector.config;
    let prefixes = config.identifiers.prefixes();
    let mut ours = prefixes.iter().copied().chain(config.base.as_deref()).filter_map(host);
    let is_record = ["/record/", "/document/"].iter().any(|start| path.starts_with(start));
    let host = ours
        .clone()
        .find(|ours| *ours == name)
        .or_else(|| prefixes.first().copied().filter(|_| !is_record).and_then(host))
        .or_else(|| ours.next_back())
        .ok_or(Error::NotFound)?;
    NamedNode::new(format!("https://{host}{path}")).map_err(|_| Error::NotFound)
}

fn host(iri: &str) -> Option<&str> {
    iri.strip_prefix("https://")?.split('/').next()
}

/// The visible facts about an item, and about the nodes that only serve to describe it (a quantity, a document).
fn describe(
    connector: &Connector,
    permit: &Permit,
    iri: &NamedNode,
    now: jiff::Timestamp,
) -> Result<Vec<Quad>, Error> {
    let view = View::open(&connector.store, permit, now)?;
    let mut described = view.describe(iri)?;
    let base = connector.config.base()?;
    let nodes: BTreeSet<NamedNode> = described
        .iter()
        .filter_map(|quad| match quad.object.as_ref() {
            TermRef::NamedNode(node) => Some(node),
            TermRef::BlankNode(_) | TermRef::Literal(_) => None,
        })
        .filter(|node| {
            let under = node.as_str().strip_prefix(base);
            under.is_some_and(|path| path.starts_with("/record/") || path.starts_with("/document/"))
        })
        .map(NamedNodeRef::into_owned)
        .collect();
    for node in nodes {
        described.extend(view.describe(&node)?);
    }
    Ok(described)
}

/// The bytes of a document, where the IRI is one and the caller does not ask for its description.
fn document(
    connector: &Connector,
    iri: &NamedNode,
    described: &[Quad],
    accept: Option<&str>,
) -> Result<Option<HttpResponse>, Error> {
    let value = |predicate: NamedNodeRef<'_>| {
        described.iter().find_map(|quad| match (&quad.object, quad.predicate == predicate) {
            (oxrdf::Term::Literal(literal), true) => Some(literal.value().to_owned()),
            _ => None,
        })
    };
    let (Some(digest), Some(media_type)) = (value(schema::SHA256), value(schema::ENCODING_FORMAT))
    else {
        return Ok(None);
    };
    let describes_this = described.iter().any(|quad| {
        quad.subject == oxrdf::NamedOrBlankNode::from(iri.clone())
            && quad.predicate == schema::SHA256
    });
    let wants_facts = accept.is_some_and(|accept| {
        GraphFormat::ALL.iter().any(|format| accept.contains(format.media_type()))
    });
    if !describes_this || wants_facts {
        return Ok(None);
    }
    let hash = digest.parse().map_err(|_| Error::NotFound)?;
    let bytes = connector.journal.blob(&hash)?;
    Ok(Some(
        HttpResponse::Ok()
            .content_type(media_type)
            .insert_header(("X-Content-Type-Options", "nosniff"))
            .insert_header(("Content-Security-Policy", "sandbox"))
            .insert_header(("Cache-Control", "no-store"))
            .body(bytes),
    ))
}
