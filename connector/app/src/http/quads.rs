//! What other connectors ask: quads of a fixed shape, and the summary that tells them whether to ask.

use super::{BODY_BYTES_MAX, Handled, authorization, problem};
use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::peers::{QuadsAnswer, QuadsWanted, SummaryAnswer, fetch_local, predicates, withheld_by};
use crate::query;
use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

/// `POST /quads`
pub(super) async fn quads(
    connector: Data<Connector>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> Handled {
    let now = clock::now();
    let body = problem::body(body, BODY_BYTES_MAX)?;
    let wanted: QuadsWanted = serde_json::from_slice(&body)
        .map_err(|e| Error::Usage(format!("the body is not a request for quads: {e}")))?;
    let asker = connector.asker(authorization(&request)?, now).await?;
    let about = String::from_utf8_lossy(&body);
    let named = predicates(&wanted.fetch, &connector.vocabulary);
    let named = named.into_iter().map(str::to_owned).collect();
    let permit =
        query::decide_naming(&connector, &asker, None, "quads", &about, &named, now).await?;
    let turn = connector.quads.take(asker.who()).await?;
    let answer = web::block(move || {
        let _turn = turn;
        let local = fetch_local(&connector, &permit, &wanted.fetch, wanted.at)?;
        Ok::<_, Error>(QuadsAnswer {
            generation: local.generation,
            rule: local.rule,
            withheld: local.withheld,
            quads: local.quads.iter().map(|quad| format!("{quad} .\n")).collect(),
        })
    });
    Ok(HttpResponse::Ok().json(answer.await.map_err(|e| Error::Internal(e.to_string()))??))
}

/// `GET /summary`
pub(super) async fn summary(connector: Data<Connector>, request: HttpRequest) -> Handled {
    let now = clock::now();
    let asker = connector.asker(authorization(&request)?, now).await?;
    let permit = query::decide(&connector, &asker, None, "summary", "", now).await?;
    let withheld = withheld_by(&connector.vocabulary, &permit);
    let made = web::block(move || connector.summary_of(&permit, now));
    let (summary, generation) = made.await.map_err(|e| Error::Internal(e.to_string()))??;
    let answer =
        SummaryAnswer { generation, summary: adit_facts::Summary::clone(&summary), withheld };
    Ok(HttpResponse::Ok().json(answer))
}
