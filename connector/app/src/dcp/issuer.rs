//! The Issuer Service: takes requests, lets people or a setting decide, and delivers.

use super::requests::Incoming;
use super::{Approval, partners};
use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::issue;
use crate::lists::Issued;
use crate::outcome::Outcome;
use crate::safe_client::{Cap, Request};
use adit_credentials::Claims;
use adit_credentials::dcp::{
    CREDENTIAL_SERVICE, CredentialContainer, CredentialMessage, CredentialRequest,
    CredentialStatus, DcpRefusal, Offer, Outcome as Decided, Profile, RequestState, Sender,
};
use adit_journal::Kind;
use adit_vocab::Did;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How long a credential is valid that was asked for.
const LIFE: SignedDuration = SignedDuration::from_hours(365 * 24);
/// The most requests of one company that wait for a decision, and of all that are no partners.
const WAITING_OF_ONE_MAX: usize = 16;
const WAITING_MAX: usize = 1_000;
/// The most requests of one company in a day, decided or not.
const OF_ONE_A_DAY_MAX: usize = 64;
const A_DAY: SignedDuration = SignedDuration::from_hours(24);
/// How long a request is kept after it came and was settled.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long a request waits for somebody to decide.
const WAITS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a refusal is kept that its holder could not be told.
const UNTOLD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// When a delivery is tried again, in seconds after the try before; then at the next start.
const AGAIN_S: [u64; 4] = [0, 2, 15, 120];

/// `GET /metadata`: what can be asked for here.
pub fn metadata(connector: &Connector) -> Value {
    let offers = offers(connector);
    Offer::metadata(&offers, connector.did()).to_json()
}

fn offers(connector: &Connector) -> Vec<Offer> {
    Offer::of_types(connector.config.issuance.types.iris())
}

/// `POST /credentials` with a `CredentialRequestMessage`: notes what is asked for, and says under which name.
///
/// Where the settings approve the requests of partners, it is issued and delivered at once.
pub async fn request(
    connector: &Arc<Connector>,
    sender: &Sender,
    body: &[u8],
    now: Timestamp,
) -> Result<String, Error> {
    let asked = CredentialRequest::read(body)?;
    let offers = offers(connector);
    let find = |id: &String| Offer::find(&offers, connector.did(), id).map(|it| it.type_iri);
    let types = asked.ids.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let holder = sender.did();
    if holder.method() != "web" {
        // Its document is its DID, so whoever has no service in it can never be delivered anything.
        connector.service_of(holder, CREDENTIAL_SERVICE, now).await?;
    }
    let _deciding = connector.dcp.deciding.lock().await;
    let partners = partners(&connector.folder, &connector.directory)?;
    let all = current(connector, now)?;
    if let Some(same) = waiting(&all, &partners, holder, &asked, now)? {
        return Ok(same);
    }
    let id = clock::random_id();
    let what = json!({ "requested": id, "by": holder, "offers": asked.ids });
    connector.record(Kind::Trust, what, now).await?;
    let incoming = Incoming {
        id: id.clone(),
        holder: holder.clone(),
        holder_pid: asked.holder_pid,
        offers: asked.ids,
        state: RequestState::Received,
        at: now,
        token: sender.token().map(str::to_owned),
        delivery: None,
        delivered: false,
        decided: None,
    };
    connector.dcp.incoming.put(&id, &incoming)?;
    let approved = connector.config.issuance.approve == Approval::Partners;
    if approved
        && partners.contains(holder)
        && !was_taken_back(&connector.lists.all(), holder, &types)
    {
        issue_all(connector, incoming, now).await?;
        spawn_delivery(connector, id.clone());
    }
    Ok(id)
}

/// Whether a credential of one of these types, as IRIs, was taken back from a holder or is held: then a person decides
/// whether it gets another.
fn was_taken_back(issued: &[Issued], holder: &Did, types: &[&str]) -> bool {
    let is_back = |it: &&Issued| it.revoked_from.is_some() || it.is_suspended;
    let mut back = issued.iter().filter(is_back);
    back.any(|it| it.to == holder.as_str() && types.contains(&it.kind.as_str()))
}

/// Every request that is still kept; what ran out is forgotten here.
fn current(connector: &Connector, now: Timestamp) -> Result<Vec<Incoming>, Error> {
    let (over, all): (Vec<_>, Vec<_>) =
        connector.dcp.incoming.all()?.into_iter().partition(|it| is_over(it, now));
    for incoming in over {
        connector.dcp.incoming.forget(&incoming.id)?;
    }
    Ok(all)
}

/// Whether a request need not be kept any longer. What was issued is kept until its holder has it.
fn is_over(incoming: &Incoming, now: Timestamp) -> bool {
    let decided = incoming.decided.unwrap_or(incoming.at);
    let (from, kept) = match (incoming.state, incoming.delivered) {
        (RequestState::Received, _) => (incoming.at, WAITS),
        (RequestState::Rejected, false) => (decided, UNTOLD),
        (RequestState::Issued, false) => return false,
        (RequestState::Rejected | RequestState::Issued, true) => (incoming.at, KEPT),
    };
    now.duration_since(from) > kept
}

/// The request that waits already for the same; an error if too many wait, or too many came from one company in a day.
///
/// Partners have their own bound each, so strangers cannot take their room.
fn waiting(
    all: &[Incoming],
    partners: &BTreeSet<Did>,
    holder: &Did,
    asked: &CredentialRequest,
    now: Timestamp,
) -> Result<Option<String>, DcpRefusal> {
    let waits = |it: &&Incoming| it.state == RequestState::Received;
    let of_one: Vec<_> = all.iter().filter(|it| it.holder == *holder).collect();
    let lately = of_one.iter().filter(|it| now.duration_since(it.at) < A_DAY).count();
    let mut waiting = of_one.into_iter().filter(waits);
    let is_same = |it: &&Incoming| it.holder_pid == asked.holder_pid && it.offers == asked.ids;
    if let Some(same) = waiting.clone().find(is_same) {
        return Ok(Some(same.id.clone()));
    }
    let of_one = waiting.by_ref().count();
    let is_full = !partners.contains(holder)
        && all.iter().filter(waits).filter(|it| !partners.contains(&it.holder)).count()
            >= WAITING_MAX;
    if is_full || of_one >= WAITING_OF_ONE_MAX || lately >= OF_ONE_A_DAY_MAX {
        return Err(DcpRefusal::TooMany { count: of_one.max(lately) });
    }
    Ok(None)
}

/// `GET /requests/ID`: how a request stands, for the one who made it.
pub fn status(connector: &Connector, sender: &Sender, id: &str) -> Result<Value, Error> {
    let incoming = connector.dcp.incoming.get(id)?.filter(|it| it.holder == *sender.did());
    let incoming = incoming.ok_or(DcpRefusal::NoRequest)?;
    let Incoming { id: issuer_pid, holder_pid, state, .. } = incoming;
    Ok(CredentialStatus { issuer_pid, holder_pid, state }.to_json())
}

/// `adit credential approve`: issues what was asked for, and delivers it.
pub(super) async fn approve(connector: &Arc<Connector>, id: &str) -> Result<Outcome, Error> {
    let holder = {
        let _deciding = connector.dcp.deciding.lock().await;
        let incoming = undecided(connector, id)?;
        let holder = incoming.holder.clone();
        issue_all(connector, incoming, clock::now()).await?;
        holder
    };
    let delivered = deliver(connector, id).await;
    let human = match &delivered {
        Ok(()) => format!("issued to {holder} and delivered\n"),
        Err(error) => format!(
            "issued to {holder}; the delivery failed ({error}) and is tried again while the server runs\n"
        ),
    };
    if delivered.is_err() {
        spawn_delivery(connector, id.to_owned());
    }
    Ok(Outcome::new(json!({ "id": id, "holder": holder, "delivered": delivered.is_ok() }), human))
}

/// `adit credential reject`: refuses what was asked for, and tells the holder.
pub(super) async fn reject(
    connector: &Arc<Connector>,
    id: &str,
    reason: Option<String>,
) -> Result<Outcome, Error> {
    let deciding = connector.dcp.deciding.lock().await;
    let mut incoming = undecided(connector, id)?;
    let (now, holder) = (clock::now(), incoming.holder.clone());
    connector.record(Kind::Trust, json!({ "rejected": id, "to": holder }), now).await?;
    (incoming.state, incoming.decided) = (RequestState::Rejected, Some(now));
    incoming.delivery = Some(CredentialMessage {
        issuer_pid: id.to_owned(),
        holder_pid: incoming.holder_pid.clone(),
        outcome: Decided::Rejected(reason),
    });
    connector.dcp.incoming.put(id, &incoming)?;
    drop(deciding);
    let told = deliver(connector, id).await.is_ok();
    if !told {
        spawn_delivery(connector, id.to_owned());
    }
    let human = format!("rejected; {holder} {} told\n", if told { "was" } else { "could not be" });
    Ok(Outcome::new(json!({ "id": id, "holder": holder, "told": told }), human))
}

fn undecided(connector: &Connector, id: &str) -> Result<Incoming, Error> {
    let incoming = connector.dcp.incoming.get(id)?;
    let incoming = incoming.filter(|it| it.state == RequestState::Received);
    incoming.ok_or_else(|| {
        Error::Usage(format!("no request '{id}' waits here; adit credential requests lists them"))
    })
}

/// Issues everything that a request asks for; the journal has each before the holder does.
async fn issue_all(
    connector: &Connector,
    mut incoming: Incoming,
    now: Timestamp,
) -> Result<(), Error> {
    let offers = offers(connector);
    let mut containers = Vec::new();
    for id in &incoming.offers {
        let offer = Offer::find(&offers, connector.did(), id)?;
        let until = now.saturating_add(LIFE).unwrap_or(now);
        let id = format!("urn:uuid:{}", clock::random_id());
        let claims = Claims::about(id, offer.type_iri, incoming.holder.clone(), now, until);
        let claims = connector.status_for(claims)?;
        // No key is replaced between the entry in the journal and the signature: what it signed last is read there.
        let _same_key = connector.changing.lock().await;
        issue::record(connector, &claims, now).await?;
        let keys = connector.keys();
        let signing = keys.issuing();
        let payload = match offer.profile {
            Profile::Vc20 => adit_credentials::issue(signing, connector.did(), &claims, now),
            Profile::Vc11 => adit_credentials::issue11(signing, connector.did(), &claims, now),
        }?;
        containers.push(CredentialContainer {
            credential_type: offer.short_type().to_owned(),
            payload,
            format: offer.profile.to_string(),
        });
    }
    (incoming.state, incoming.decided) = (RequestState::Issued, Some(now));
    incoming.delivery = Some(CredentialMessage {
        issuer_pid: incoming.id.clone(),
        holder_pid: incoming.holder_pid.clone(),
        outcome: Decided::Issued(containers),
    });
    connector.dcp.incoming.put(&incoming.id.clone(), &incoming)
}

/// Delivers once.
async fn deliver(connector: &Connector, id: &str) -> Result<(), Error> {
    let now = clock::now();
    let Some(mut incoming) = connector.dcp.incoming.get(id)?.filter(|it| !it.delivered) else {
        return Ok(());
    };
    let Some(message) = &incoming.delivery else { return Ok(()) };
    let service = connector.service_of(&incoming.holder, CREDENTIAL_SERVICE, now).await?;
    let url = format!("{service}/credentials");
    let token = connector.self_issued(&incoming.holder, incoming.token.as_deref(), now)?;
    let request = Request::post(url.clone(), &message.to_json(), Cap::Message).bearer(token);
    let response = connector.outbound.send(request).await?;
    if !(200..300).contains(&response.status) {
        return Err(crate::token::refused_by(&incoming.holder, &url, &response));
    }
    incoming.delivered = true;
    // What was delivered is the holder's; here its identifier in the journal is enough.
    incoming.delivery = None;
    incoming.token = None;
    connector.dcp.incoming.put(id, &incoming)
}

/// Delivers beside everything else, a few times.
fn spawn_delivery(connector: &Arc<Connector>, id: String) {
    let connector = connector.clone();
    connector.runtime.clone().spawn(async move {
        for wait_s in AGAIN_S {
            tokio::time::sleep(Duration::from_secs(wait_s)).await;
            match deliver(&connector, &id).await {
                Ok(()) => return,
                Err(error) => tracing::warn!(id, code = error.code(), "a delivery failed: {error}"),
            }
        }
    });
}

/// Delivers what a former process issued and did not deliver, and forgets what ran out.
pub(super) fn resume(connector: &Arc<Connector>) -> Result<(), Error> {
    let now = clock::now();
    let all = current(connector, now)?.into_iter();
    for incoming in all.filter(|it| it.delivery.is_some() && !it.delivered) {
        spawn_delivery(connector, incoming.id);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const DAY: SignedDuration = SignedDuration::from_hours(24);

    fn did(name: &str) -> Did {
        format!("did:web:{name}.example").parse().unwrap()
    }

    fn incoming(holder: Did, state: RequestState, days_ago: i32) -> Incoming {
        Incoming {
            id: "i".into(),
            holder,
            holder_pid: "h".into(),
            offers: vec!["o".into()],
            state,
            at: NOW - DAY * days_ago,
            token: None,
            delivery: None,
            delivered: false,
            decided: None,
        }
    }

    #[test]
    fn strangers_take_no_room_of_partners() {
        let strangers = (0..WAITING_MAX).map(|n| did(&format!("stranger{n}")));
        let all: Vec<_> =
            strangers.map(|holder| incoming(holder, RequestState::Received, 1)).collect();
        let partners = BTreeSet::from([did("partner")]);
        let asked = CredentialRequest { holder_pid: "p".into(), ids: vec!["o".into()] };
        let room = |holder: &str| waiting(&all, &partners, &did(holder), &asked, NOW);
        assert_eq!(room("stranger").unwrap_err().code(), "dcp.open");
        assert_eq!(room("partner").unwrap(), None);
    }

    #[test]
    fn what_nobody_decides_or_can_be_told_runs_out() {
        let is_over = |state, days| is_over(&incoming(did("a"), state, days), NOW);
        assert!(!is_over(RequestState::Received, 30) && is_over(RequestState::Received, 31));
        assert!(!is_over(RequestState::Rejected, 7) && is_over(RequestState::Rejected, 8));
        assert!(!is_over(RequestState::Issued, 1000));
        let late =
            Incoming { decided: Some(NOW - DAY), ..incoming(did("a"), RequestState::Rejected, 29) };
        assert!(!super::is_over(&late, NOW), "refused yesterday");
    }

    #[test]
    fn who_lost_a_credential_does_not_get_the_same_type_again_by_itself() {
        let issued = |revoked_from, is_suspended| Issued {
            id: "urn:uuid:1".into(),
            kind: "partner".into(),
            to: did("shop").to_string(),
            until: NOW,
            place: None,
            revoked_from,
            is_suspended,
        };
        let back = |issued: Issued, holder: &str, types: &[&str]| {
            was_taken_back(&[issued], &did(holder), types)
        };
        assert!(!back(issued(None, false), "shop", &["partner"]));
        assert!(back(issued(Some(NOW), false), "shop", &["member", "partner"]));
        assert!(back(issued(None, true), "shop", &["partner"]));
        assert!(!back(issued(None, true), "shop", &["member"]));
        assert!(!back(issued(None, true), "mill", &["partner"]));
    }
}
