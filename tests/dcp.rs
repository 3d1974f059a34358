//! Two companies that speak the Decentralized Claims Protocol alone: one asks the other for a credential, gets it by
//! message, and then for rows by a self-issued token, for which the other comes back.

use crate::circle::{json, program, root, text};
use crate::client::{Client, encoded};
use adit::circle::{Circle, copy};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const MILL: &str = "did:web:kolbacka.example";
const SHOP: &str = "did:web:revonsalmi.example";
const EVERYTHING: &str = "SELECT * { ?s ?p ?o }";
const PARTNER: &str = "https://w3id.org/adit/ns#PartnerCredential";

/// The mill, which has published, and the shop; they have not met. `issuance` is how the mill issues.
fn two(issuance: &str) -> Circle {
    let folder = tempfile::Builder::new().prefix("adit-dcp-").tempdir().unwrap().keep();
    let examples = folder.join("examples");
    for name in ["mill", "shop"] {
        copy(&root().join("examples").join(name), &examples.join(name)).unwrap();
    }
    let settings = examples.join("mill/adit.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(settings, format!("{text}\n[issuance]\n{issuance}\n")).unwrap();
    let company = |folder: &str, did: &str, publishes: bool| {
        format!("[[company]]\nfolder = \"{folder}\"\ndid = \"{did}\"\npublishes = {publishes}\n")
    };
    let plan = format!(
        "invitation = []\ncredential = []\nclient = []\n{}{}",
        company("mill", MILL, true),
        company("shop", SHOP, false)
    );
    std::fs::write(examples.join("demo.toml"), plan).unwrap();
    let mut circle = Circle::prepare(program(), &examples, &folder).unwrap();
    circle.start().unwrap();
    circle.publish().unwrap();
    circle
}

/// The shop asks the mill to call it its partner.
fn ask(circle: &Circle, profile: &str) -> String {
    let request = ["--issuer", MILL, "--type", "PartnerCredential", "--profile", profile, "--json"];
    let arguments = [&["credential", "request"], &request[..]].concat();
    let asked = json(&circle.adit("shop", &arguments).unwrap());
    asked["id"].as_str().unwrap().to_owned()
}

fn requests(circle: &Circle, company: &str) -> Value {
    json(&circle.adit(company, &["credential", "requests", "--json"]).unwrap())
}

/// The state of a request of the shop, once it is another than this.
fn state_after(circle: &Circle, id: &str, before: &str) -> String {
    let started = Instant::now();
    loop {
        let all = requests(circle, "shop");
        let asked = all["asked"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap();
        let state = asked["state"].as_str().unwrap().to_owned();
        if state != before || started.elapsed() > Duration::from_secs(20) {
            return state;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What the shop holds that came by message.
fn delivered(circle: &Circle) -> usize {
    let wallet = std::fs::read_dir(circle.folder("shop").join("credentials")).unwrap().flatten();
    wallet.filter(|file| file.file_name().to_string_lossy().starts_with("dcp-")).count()
}

/// The mill as the shop asks it: with a self-issued token, used once.
fn by_token(circle: &Circle, scope: &[&str]) -> Client {
    let scope = scope.iter().flat_map(|scope| ["--scope", scope]);
    let arguments: Vec<_> = ["token", "--peer", MILL, "--dcp"].into_iter().chain(scope).collect();
    let token = text(&circle.adit("shop", &arguments).unwrap());
    Client::public(circle, "mill").with_bearer(token.trim())
}

/// The rows of everything, asked for a recall.
fn rows(client: &Client) -> usize {
    let got = client
        .get(&format!("/sparql?purpose=recall&query={}", encoded(EVERYTHING)), Some("text/csv"));
    assert_eq!(got.status, 200, "{}", got.text());
    got.text().lines().count() - 1
}

fn code(got: &crate::client::Got) -> (u16, String) {
    let problem: Value = serde_json::from_slice(&got.body).unwrap_or_default();
    (got.status, problem["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_credential_asked_for_by_message_opens_rows_by_a_self_issued_token() {
    let circle = two("approve = \"people\"");
    let anybody = rows(&Client::public(&circle, "mill"));

    // Without a credential there is nothing to show.
    let got = by_token(&circle, &[]).query(EVERYTHING, "text/csv");
    assert_eq!(code(&got), (403, "dcp.notShown".to_owned()));

    // Asked, decided by a person, delivered, kept.
    let id = ask(&circle, "vc20");
    let waiting = requests(&circle, "mill");
    let incoming = &waiting["incoming"][0];
    assert_eq!((&incoming["holder"], &incoming["state"]), (&json!(SHOP), &json!("RECEIVED")));
    assert_eq!(delivered(&circle), 0);
    let request = incoming["id"].as_str().unwrap();
    let approved =
        json(&circle.adit("mill", &["credential", "approve", request, "--json"]).unwrap());
    assert_eq!(approved["delivered"], true);
    assert_eq!(state_after(&circle, &id, "RECEIVED"), "ISSUED");
    assert_eq!(delivered(&circle), 1);

    // Shown when the mill comes back for it; the token is good for one question.
    let asker = by_token(&circle, &[]);
    let partner = rows(&asker);
    assert!(partner > anybody, "{partner} rows for a partner, {anybody} for anybody");
    assert_eq!(code(&asker.query(EVERYTHING, "text/csv")), (401, "claims.replay".to_owned()));

    // Or exchanged once for an hour.
    let bearer = by_token(&circle, &["PartnerCredential"]).send(
        "POST",
        "/token",
        &["Content-Type: application/json"],
        Some(b"{\"purpose\": \"recall\"}"),
    );
    assert_eq!(bearer.status, 200, "{}", bearer.text());
    let bearer: Value = serde_json::from_slice(&bearer.body).unwrap();
    let asker =
        Client::public(&circle, "mill").with_bearer(bearer["access_token"].as_str().unwrap());
    assert!(rows(&asker) > anybody);
    assert!(rows(&asker) > anybody);

    // An access token for another type opens nothing of this one.
    let got = by_token(&circle, &["MembershipCredential"]).query(EVERYTHING, "text/csv");
    assert_eq!(code(&got), (403, "dcp.notShown".to_owned()));

    // However many credentials lie in the wallet, no more are shown than the mill reads.
    let wallet = circle.folder("shop").join("credentials");
    let mut files = std::fs::read_dir(&wallet).unwrap().flatten().map(|file| file.path());
    let partner =
        files.find(|it| it.file_name().unwrap().to_string_lossy().starts_with("dcp-")).unwrap();
    let copies = (0..17).map(|n| wallet.join(format!("copy-{n}.jwt"))).collect::<Vec<_>>();
    for copy in &copies {
        std::fs::copy(&partner, copy).unwrap();
    }
    let bearer =
        text(&circle.adit("shop", &["token", "--peer", MILL, "--purpose", "recall"]).unwrap());
    assert!(rows(&Client::public(&circle, "mill").with_bearer(bearer.trim())) > anybody);
    copies.iter().for_each(|copy| std::fs::remove_file(copy).unwrap());

    // The same in the data model 1.1: what is shown of both makes one caller.
    let id = ask(&circle, "vc11");
    let waiting = requests(&circle, "mill");
    let open = waiting["incoming"].as_array().unwrap().iter();
    let open: Vec<_> = open.filter(|it| it["state"] == "RECEIVED").collect();
    circle.adit("mill", &["credential", "approve", open[0]["id"].as_str().unwrap()]).unwrap();
    assert_eq!(state_after(&circle, &id, "RECEIVED"), "ISSUED");
    let got = by_token(&circle, &[]).send("POST", "/dcp/caller", &[], Some(b"anything"));
    assert_eq!(got.status, 200, "{}", got.text());
    let caller: Value = serde_json::from_slice(&got.body).unwrap();
    assert_eq!(caller["did"], SHOP);
    let types: Vec<_> =
        caller["credentials"].as_array().unwrap().iter().map(|it| &it["type"]).collect();
    assert_eq!(types, [&json!([PARTNER]), &json!([PARTNER])]);
}

#[test]
fn a_request_is_refused_by_a_person_and_approved_by_a_setting_for_partners() {
    let circle = two("approve = \"people\"");
    let id = ask(&circle, "vc20");
    let request = requests(&circle, "mill")["incoming"][0]["id"].as_str().unwrap().to_owned();
    let reject = ["credential", "reject", &request, "--reason", "not yet"];
    circle.adit("mill", &reject).unwrap();
    assert_eq!(state_after(&circle, &id, "RECEIVED"), "REJECTED");
    assert_eq!(requests(&circle, "shop")["asked"][0]["reason"], "not yet");
    assert_eq!(delivered(&circle), 0);
    let again = circle.run("mill", &["credential", "approve", &request]).unwrap();
    assert_eq!(again.status.code(), Some(2), "{}", text(&again));
    drop(circle);

    // The shop stands in the mill's partners.csv.
    let circle = two("approve = \"partners\"");
    let id = ask(&circle, "vc20");
    assert_eq!(state_after(&circle, &id, "RECEIVED"), "ISSUED");
    assert_eq!(delivered(&circle), 1);
}

#[test]
fn what_was_issued_while_the_holder_was_away_is_delivered_after_a_restart() {
    let mut circle = two("approve = \"people\"");
    let id = ask(&circle, "vc20");
    let request = requests(&circle, "mill")["incoming"][0]["id"].as_str().unwrap().to_owned();
    circle.kill("shop");
    let approved =
        json(&circle.adit("mill", &["credential", "approve", &request, "--json"]).unwrap());
    assert_eq!(approved["delivered"], false);
    circle.kill("mill");
    circle.start_one("shop", SHOP).unwrap();
    circle.start_one("mill", MILL).unwrap();
    assert_eq!(state_after(&circle, &id, "RECEIVED"), "ISSUED");
    assert_eq!(delivered(&circle), 1);
    assert_eq!(requests(&circle, "mill")["incoming"][0]["delivered"], true);
}

#[test]
fn the_did_document_names_both_services_and_the_metadata_both_profiles() {
    let circle = two("types = \"PartnerCredential, MembershipCredential\"");
    let mill = Client::public(&circle, "mill");
    let document: Value =
        serde_json::from_slice(&mill.get("/.well-known/did.json", None).body).unwrap();
    let services = document["service"].as_array().unwrap();
    for kind in ["CredentialService", "IssuerService"] {
        let service = services.iter().find(|it| it["type"] == kind).unwrap();
        assert_eq!(service["serviceEndpoint"], "https://connector.kolbacka.example/dcp");
    }
    let metadata: Value = serde_json::from_slice(&mill.get("/dcp/metadata", None).body).unwrap();
    assert_eq!((&metadata["type"], &metadata["issuer"]), (&json!("IssuerMetadata"), &json!(MILL)));
    let offers: Vec<_> = metadata["credentialsSupported"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["credentialType"].as_str().unwrap(), it["profile"].as_str().unwrap()))
        .collect();
    assert_eq!(
        offers,
        [
            ("PartnerCredential", "vc20-bssl/jwt"),
            ("PartnerCredential", "vc11-sl2021/jwt"),
            ("MembershipCredential", "vc20-bssl/jwt"),
            ("MembershipCredential", "vc11-sl2021/jwt"),
        ]
    );
}
