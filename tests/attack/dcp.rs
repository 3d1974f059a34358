//! The Decentralized Claims Protocol under attack: self-issued tokens, messages, and what a Credential Service shows.

use super::peer::Answer;
use super::*;
use serde_json::Value;

const CONTEXT: &str = "https://w3id.org/dspace-dcp/v1.0/dcp.jsonld";
const SCOPE: &str = "org.eclipse.dspace.dcp.vc.type:MembershipCredential:read";
const SERVICE: &str = "/cs/presentations/query";

/// A holder whose DID document names a Credential Service on the same server.
fn serving(scene: &Scene) -> Party {
    let holder = scene.peer.party("serving");
    let mut document = holder.document();
    document["service"] = json!([{
        "id": "#cs", "type": "CredentialService",
        "serviceEndpoint": format!("https://{}/cs", scene.peer.host),
    }]);
    scene.peer.on("/serving/did.json", Answer::json(&document));
    holder
}

/// A question with a self-issued token that carries an access token.
fn asking(scene: &Scene, holder: &Party) -> Request {
    scene.asking(&self_issued(holder).claim("token", "an-access-token").signed(&holder.key))
}

fn message(kind: &str, members: Value) -> Value {
    let mut message = json!({ "@context": [CONTEXT], "type": kind });
    let members = members.as_object().unwrap().clone();
    message.as_object_mut().unwrap().extend(members);
    message
}

fn response(presentations: &[String]) -> Answer {
    Answer::json(&message("PresentationResponseMessage", json!({ "presentation": presentations })))
}

/// A message to the target with a fresh self-issued token of somebody.
fn sent(sender: &Party, path: &str, body: impl Into<Vec<u8>>) -> Request {
    let token = self_issued(sender).signed(&sender.key);
    Request::post(path, "application/json", body).bearer(&token)
}

#[test]
fn a_self_issued_token_is_refused_for_each_rule_that_it_breaks() {
    let scene = scene();
    let holder = &scene.holder;
    let with = |claim: &str, value: Value| {
        let token = self_issued(holder).claim("token", "any").claim(claim, value);
        scene.asking(&token.signed(&holder.key))
    };
    let row = |input: &str, request: Request, code: &str| {
        Row::refused("DCP", input, request, 401, code).offline()
    };
    scene.target.check([
        row("sub of another", with("sub", json!(scene.issuer.did)), "claims.sub"),
        row("no sub", with("sub", Value::Null), "claims.sub"),
        row("made for another", with("aud", json!(scene.issuer.did)), "claims.aud"),
        row("no jti", with("jti", Value::Null), "claims.jti"),
        row("no iat", with("iat", Value::Null), "claims.iat"),
        row("no exp", with("exp", Value::Null), "claims.exp"),
        row("an hour to live", with("exp", json!(now() + 3600)), "claims.exp"),
        row("a credential in it", with("vc", json!({})), "jose.typ"),
        row("no access token", with("token", Value::Null), "dcp.noToken"),
    ]);
    let row =
        |input: &str, request: Request, code: &str| Row::refused("DCP", input, request, 401, code);
    scene.target.check([
        row("ended", with("exp", json!(now() - 60)).clone(), "claims.exp"),
        row("from a minute ahead", with("iat", json!(now() + 60)), "claims.iat"),
        row("not before a minute ahead", with("nbf", json!(now() + 60)), "claims.iat"),
    ]);
}

#[test]
fn what_a_credential_service_shows_is_verified_like_a_presentation() {
    let scene = scene();
    let holder = serving(&scene);
    let vc = |subject: &str| credential(&scene.issuer, subject, MEMBERSHIP);
    let good = vc(&holder.did).signed(&scene.issuer.key);
    let show = |answer: Answer| scene.peer.on(SERVICE, answer);
    let row = |input: &str, status: u16, code: &str| {
        Row::refused("DCP", input, asking(&scene, &holder), status, code)
    };
    let by = |party: &Party, shown: &[String]| presentation(party, shown).signed(&party.key);

    show(response(&[by(&holder, std::slice::from_ref(&good))]));
    scene.target.check([Row::answered("DCP", "a good one", asking(&scene, &holder))]);
    show(Answer::Whole(401, "text/plain", Vec::new()));
    scene.target.check([row("the service says no", 401, "dcp.notShown")]);
    show(Answer::Whole(200, "text/html", b"<html>".to_vec()));
    scene.target.check([row("a page", 502, "net.type")]);
    show(Answer::Whole(200, "application/json", b"[]".to_vec()));
    scene.target.check([row("no message", 400, "dcp.member")]);
    show(response(&[]));
    scene.target.check([row("nothing", 403, "dcp.notShown")]);
    show(response(&[by(&scene.holder, std::slice::from_ref(&good))]));
    scene.target.check([row("a presentation by another", 403, "dcp.presenter")]);
    show(response(&[by(&holder, &[vc(&scene.holder.did).signed(&scene.issuer.key)])]));
    scene.target.check([row("a credential about another", 403, "vc.holder")]);
    let ended = vc(&holder.did).claim("validUntil", instant(now() - 1));
    show(response(&[by(&holder, &[ended.signed(&scene.issuer.key)])]));
    scene.target.check([row("a credential that ended", 403, "vc.expired")]);
    let other = credential(&scene.issuer, &holder.did, "ResearcherCredential");
    show(response(&[by(&holder, &[other.signed(&scene.issuer.key)])]));
    scene.target.check([row("another credential than asked for", 403, "dcp.notShown")]);
    let stranger = scene.peer.party("stranger");
    let forged = credential(&stranger, &holder.did, MEMBERSHIP).signed(&stranger.key);
    show(response(&[by(&holder, &[forged])]));
    scene.target.check([row("an issuer that nobody trusts", 403, "trust.issuer")]);
    let used = by(&holder, &[good]);
    show(response(&[used]));
    scene.target.check([
        Row::answered("DCP", "shown once", asking(&scene, &holder)),
        row("the same presentation shown again", 401, "claims.replay"),
    ]);
}

#[test]
fn a_holder_without_a_service_or_with_one_at_a_forbidden_address_proves_nothing() {
    let scene = scene();
    let row = |holder: &Party, input: &str, code: &str| {
        Row::refused("DCP", input, asking(&scene, holder), 502, code)
    };
    scene.target.check([row(&scene.holder, "no service in the document", "dcp.service")]);
    let lured = |endpoint: String| {
        let lured = scene.peer.party("lured");
        let mut document = lured.document();
        document["service"] =
            json!([{ "id": "#cs", "type": "CredentialService", "serviceEndpoint": endpoint }]);
        scene.peer.on("/lured/did.json", Answer::json(&document));
        lured
    };
    let address = forbidden().address;
    let port = Row::refused(
        "DCP",
        "a service at a port that is on no list",
        asking(&scene, &lured(format!("https://{address}/cs"))),
        400,
        "net.address",
    );
    scene.target.check([port]);
}

#[test]
fn a_query_without_an_access_token_of_ours_sees_nothing() {
    let scene = scene();
    let query =
        |members: Value| message("PresentationQueryMessage", members).to_string().into_bytes();
    let path = "/dcp/presentations/query";
    let asked = query(json!({ "scope": [SCOPE] }));
    let both = query(json!({ "scope": [SCOPE], "presentationDefinition": { "id": "1" } }));
    let definition = query(json!({ "presentationDefinition": { "id": "1" } }));
    let row = |input: &str, body: Vec<u8>, status: u16, code: &str| {
        Row::refused("DCP", input, sent(&scene.holder, path, body), status, code)
    };
    let nobody = Request::post(path, "application/json", asked.clone());
    scene.target.check([
        Row::refused("DCP", "no header", nobody.clone(), 401, "bearer.scheme").offline(),
        Row::refused(
            "DCP",
            "another scheme",
            nobody.header("Authorization", "Basic YTpi"),
            401,
            "bearer.scheme",
        )
        .offline(),
        row("no access token", asked, 401, "dcp.access"),
        row("both ways at once", both, 400, "dcp.query"),
        row("a presentation definition", definition, 501, "dcp.definition"),
        row("no scope", query(json!({ "scope": [] })), 400, "dcp.member"),
        row(
            "another message",
            message("CredentialMessage", json!({})).to_string().into_bytes(),
            400,
            "dcp.kind",
        ),
        row("no message", b"{".to_vec(), 400, "dcp.json"),
        row("two types", br#"{"type":"a","type":"b"}"#.to_vec(), 400, "dcp.duplicate"),
        row("a thousand levels", "[".repeat(1000).into_bytes(), 400, "dcp.json"),
    ]);
}

#[test]
fn nobody_delivers_offers_or_looks_who_was_not_asked() {
    let scene = scene();
    let delivery = |holder_pid: &str, tokens: &[String]| {
        let container = |token: &String| json!({ "credentialType": MEMBERSHIP, "payload": token, "format": "vc20-bssl/jwt" });
        let credentials: Vec<_> = tokens.iter().map(container).collect();
        let members = json!({
            "issuerPid": "1", "holderPid": holder_pid, "status": "ISSUED", "credentials": credentials,
        });
        message("CredentialMessage", members).to_string()
    };
    let about = |subject: &str| credential(&scene.issuer, subject, MEMBERSHIP);
    let ours = about(DID).signed(&scene.issuer.key);
    let not_ours = about(&scene.holder.did).signed(&scene.issuer.key);
    let forged = about(DID).signed(&scene.holder.key);
    let row = |input: &str, sender: &Party, body: String, status: u16, code: &str| {
        Row::refused("DCP", input, sent(sender, "/dcp/credentials", body), status, code)
    };
    let offer = |of: &Party| {
        let members = json!({ "issuer": of.did, "credentials": [{ "id": "a" }] });
        message("CredentialOfferMessage", members).to_string()
    };
    let wallet = || std::fs::read_dir(scene.target.folder().join("credentials")).unwrap().count();
    let before = wallet();
    scene.target.check([
        row(
            "from a stranger",
            &scene.holder,
            delivery("1", std::slice::from_ref(&ours)),
            403,
            "dcp.notAsked",
        ),
        row("about another", &scene.issuer, delivery("1", &[not_ours]), 403, "vc.holder"),
        row("forged", &scene.issuer, delivery("1", &[forged]), 401, "jose.signature"),
        row(
            "one good, one bad",
            &scene.issuer,
            delivery("1", &[ours.clone(), "a.b.c".into()]),
            401,
            "jose.base64",
        ),
        row("no credential", &scene.issuer, delivery("1", &[]), 400, "dcp.member"),
        Row::refused(
            "DCP",
            "an offer in another's name",
            sent(&scene.holder, "/dcp/offers", offer(&scene.issuer)),
            400,
            "dcp.member",
        ),
        Row::refused(
            "DCP",
            "an offer of a stranger",
            sent(&scene.holder, "/dcp/offers", offer(&scene.holder)),
            403,
            "dcp.notAsked",
        ),
        Row::refused(
            "DCP",
            "a request for what is not on offer",
            {
                let members = json!({ "holderPid": "1", "credentials": [{ "id": "nothing" }] });
                sent(
                    &scene.holder,
                    "/dcp/credentials",
                    message("CredentialRequestMessage", members).to_string(),
                )
            },
            400,
            "dcp.offer",
        ),
    ]);
    let unasked = row(
        "a type of which nothing is held",
        &scene.issuer,
        delivery("1", std::slice::from_ref(&ours)),
        403,
        "dcp.notAsked",
    );
    scene.target.check([unasked]);
    // Nor is an address asked for anything that stands in a credential whose signature does not fit.
    let url = format!("https://{}/lists/1", scene.peer.host);
    let status = json!({
        "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
        "statusListIndex": "1", "statusListCredential": url,
    });
    let lure = about(DID).claim("credentialStatus", status).signed(&scene.holder.key);
    let lured =
        row("forged, with a list", &scene.issuer, delivery("1", &[lure]), 401, "jose.signature");
    scene.target.check([lured.offline()]);
    assert_eq!(wallet(), before);
    // The same again changes nothing.
    let held = scene.target.folder().join("credentials/dcp-held.jwt");
    std::fs::write(held, &ours).unwrap();
    let got = sent(&scene.issuer, "/dcp/credentials", delivery("1", std::slice::from_ref(&ours)));
    let got = got.send(scene.target.address());
    assert_eq!(got.status, 200, "{}", got.text());
    assert_eq!(wallet(), before + 1);
    // A newer one of the same kind takes its place.
    let newer = about(DID).claim("validUntil", instant(now() + 172_800)).signed(&scene.issuer.key);
    let got = sent(&scene.issuer, "/dcp/credentials", delivery("1", &[newer]));
    assert_eq!(got.send(scene.target.address()).status, 200);
    assert_eq!(wallet(), before + 1);
}

#[test]
fn a_request_waits_for_people_and_only_its_holder_sees_it() {
    let scene = Scene::started("");
    let id = format!("{DID}#offer-PartnerCredential-vc20");
    let request = |pid: &str| {
        let members = json!({ "holderPid": pid, "credentials": [{ "id": id }] });
        sent(
            &scene.holder,
            "/dcp/credentials",
            message("CredentialRequestMessage", members).to_string(),
        )
    };
    let taken = request("1").send(scene.target.address());
    assert_eq!(taken.status, 201, "{}", taken.text());
    let location = taken.header("location").unwrap().to_owned();
    let again = request("1").send(scene.target.address());
    assert_eq!(again.header("location"), Some(location.as_str()), "the same request waits already");
    let look = |who: &Party| Request::get(&location).bearer(&self_issued(who).signed(&who.key));
    let got = look(&scene.holder).send(scene.target.address());
    let status: Value = serde_json::from_slice(&got.body).unwrap();
    assert_eq!((&status["status"], &status["holderPid"]), (&json!("RECEIVED"), &json!("1")));
    scene.target.check([
        Row::refused("DCP", "the request of another", look(&scene.issuer), 404, "dcp.request"),
        Row::refused("DCP", "no token", Request::get(&location), 401, "bearer.scheme"),
    ]);
    for pid in 2..=16 {
        assert_eq!(request(&pid.to_string()).send(scene.target.address()).status, 201);
    }
    scene.target.check([Row::refused("DCP", "the seventeenth", request("17"), 429, "dcp.open")]);
}
