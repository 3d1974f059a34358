//! `/openapi.json`: every address and method in the form of [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.0.html#openapi-object).

use super::Handled;
use crate::connector::Connector;
use crate::error::Error;
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::{Value, json};

/// The document, without the address of a connector.
const DOCUMENT: &str = include_str!("../../openapi.json");

/// `GET /openapi.json`, with this connector as the server.
pub(super) async fn document(connector: Data<Connector>) -> Handled {
    let mut document: Value = serde_json::from_str(DOCUMENT)
        .map_err(|e| Error::Internal(format!("openapi.json: {e}")))?;
    document["info"]["version"] = json!(env!("CARGO_PKG_VERSION"));
    document["servers"] = json!([{ "url": connector.config.base()? }]);
    Ok(HttpResponse::Ok().json(document))
}

#[cfg(test)]
mod tests {
    use super::super::ADDRESSES;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_route_is_documented_and_nothing_else_is() {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        let mut documented = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys().filter(|it| *it != "parameters") {
                documented.insert((path.clone(), method.to_uppercase()));
            }
        }
        let answered: BTreeSet<_> = ADDRESSES
            .iter()
            .flat_map(|address| {
                let path = address.path.replace(":.*", "");
                address.methods.iter().map(move |(method, _)| (path.clone(), (*method).to_owned()))
            })
            .collect();
        assert_eq!(documented, answered);
    }
}
