//! Row S28: keys that are replaced, and what was signed with those before.

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The document of a party with other keys than its own, each under its name for everything.
fn document(party: &Party, keys: &[(&str, &Key)]) -> Value {
    let id = |name: &str| format!("{}#{name}", party.did);
    let method = |(name, key): &(&str, &Key)| json!({ "id": id(name), "type": "JsonWebKey", "controller": party.did, "publicKeyJwk": key.jwk() });
    let ids: Vec<_> = keys.iter().map(|(name, _)| id(name)).collect();
    json!({
        "id": party.did,
        "verificationMethod": keys.iter().map(method).collect::<Vec<_>>(),
        "authentication": ids, "assertionMethod": ids, "capabilityInvocation": ids,
    })
}

impl Scene {
    /// Serves another document for a party.
    fn publish(&self, party: &Party, document: &Value) {
        let name = party.did.rsplit(':').next().unwrap();
        self.peer.on(&format!("/{name}/did.json"), peer::Answer::json(document));
    }

    /// A question of the holder, signed with another key under its name.
    fn asking_with(&self, name: &str, key: &Key) -> Request {
        let kid = format!("{}#{name}", self.holder.did);
        let token = self.presentation().header("alg", key.alg()).header("kid", kid);
        self.asking(&token.signed(key))
    }

    /// A question of the holder with a credential that the issuer signed with another key under its name.
    fn asking_by(&self, name: &str, key: &Key, change: impl FnOnce(Token) -> Token) -> Request {
        let kid = format!("{}#{name}", self.issuer.did);
        let credential = self.credential().header("alg", key.alg()).header("kid", kid);
        self.asking(&self.showing(&[change(credential).signed(key)]))
    }
}

#[test]
fn s28_a_holder_replaces_its_key() {
    let scene = Scene::started("");
    let (old, new, next) = (&scene.holder.key, Key::ed25519(), Key::es256());
    let refused =
        |input: &str, request: Request, code: &str| Row::refused("S28", input, request, 401, code);
    scene.target.check([Row::answered("S28", "before", scene.asking_with("key-1", old))]);
    scene.publish(&scene.holder, &document(&scene.holder, &[("key-2", &new)]));
    scene.target.check([
        Row::answered(
            "S28",
            "a new key before the old document ends",
            scene.asking_with("key-2", &new),
        ),
        refused("the old key after that", scene.asking_with("key-1", old), "did.key").offline(),
        refused("a key that was never there", scene.asking_with("key-3", &next), "did.key")
            .offline(),
        Row::answered("S28", "the new key again", scene.asking_with("key-2", &new)).offline(),
    ]);
    // One forced fetch a minute: the next key waits.
    scene.publish(&scene.holder, &document(&scene.holder, &[("key-3", &next)]));
    let early = scene.asking_with("key-3", &next);
    scene.target.check([refused("another within the minute", early, "did.key").offline()]);
}

#[test]
fn s28_a_holder_replaces_its_key_under_the_same_name() {
    let scene = Scene::started("");
    scene.target.check([Row::answered(
        "S28",
        "before",
        scene.asking_with("key-1", &scene.holder.key),
    )]);
    let new = Key::es256();
    scene.publish(&scene.holder, &document(&scene.holder, &[("key-1", &new)]));
    let old = scene.asking_with("key-1", &scene.holder.key);
    scene.target.check([
        Row::answered("S28", "another key of the same name", scene.asking_with("key-1", &new)),
        Row::refused("S28", "the old key after that", old, 401, "jose.signature").offline(),
    ]);
}

#[test]
fn s28_what_an_issuer_signed_with_its_old_key_stays_checkable_unless_that_is_revoked() {
    let mut scene = Scene::started("");
    let new = Key::es256();
    let same = |token: Token| token;
    let old_credential = |scene: &Scene| scene.asking_by("key-1", &scene.issuer.key, same);
    scene.target.check([Row::answered("S28", "before", old_credential(&scene))]);
    scene.publish(&scene.issuer, &document(&scene.issuer, &[("key-2", &new)]));
    let late = |token: Token| token.claim("iat", now() + 30);
    scene.target.check([
        Row::answered("S28", "by the new key", scene.asking_by("key-2", &new, same)),
        Row::answered("S28", "by the old key, before it left", old_credential(&scene)).offline(),
        Row::refused(
            "S28",
            "by the old key, after it left",
            scene.asking_by("key-1", &scene.issuer.key, late),
            401,
            "did.key",
        )
        .offline(),
    ]);
    // The memory of keys outlives the process, and what the document says of a key stands above it.
    scene.target.kill();
    scene.target.start();
    scene.target.check([Row::answered("S28", "after a restart", old_credential(&scene))]);
    let mut revoked = document(&scene.issuer, &[("key-1", &scene.issuer.key), ("key-2", &new)]);
    revoked["verificationMethod"][0]["revoked"] = json!(instant(now() - 10));
    scene.publish(&scene.issuer, &revoked);
    scene.target.kill();
    scene.target.start();
    let request = old_credential(&scene);
    scene.target.check([Row::refused("S28", "by a revoked key", request, 401, "did.key")]);
}

#[test]
fn s28_an_issuer_that_does_not_answer_again_changes_nothing() {
    let scene = Scene::started("");
    let same = |token: Token| token;
    let known = || scene.asking_by("key-1", &scene.issuer.key, same);
    scene.target.check([Row::answered("S28", "before", known())]);
    scene.peer.on("/issuer/did.json", peer::Answer::Whole(500, "text/plain", Vec::new()));
    let unknown = scene.asking_by("key-2", &Key::es256(), same);
    scene.target.check([
        Row::refused("S28", "a key that nobody can look up", unknown, 401, "did.key"),
        Row::answered("S28", "the known key", known()).offline(),
    ]);
}

/// How many signatures the target has checked, and how many checks it was spared.
fn signatures(target: &Target) -> [u64; 2] {
    let text = target.metrics();
    ["made", "spared"].map(|outcome| {
        let name = format!("adit_signature_checks_total{{outcome=\"{outcome}\"}} ");
        let value = text.lines().find_map(|line| line.strip_prefix(name.as_str()));
        value.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
    })
}

#[test]
fn a_warm_request_costs_no_signature_check() {
    let scene = Scene::started("");
    let credential = [scene.credential().signed(&scene.issuer.key)];
    let ask = |token: &str| {
        let got = scene.asking(token).send(scene.target.address());
        assert_eq!(got.status, 200, "{}", String::from_utf8_lossy(&got.body));
    };
    assert_eq!(signatures(&scene.target), [0, 0]);
    ask(&scene.showing(&credential));
    assert_eq!(signatures(&scene.target)[0], 2, "the holder's and the issuer's");
    // The presentation is new each time, the credential in it is known.
    ask(&scene.showing(&credential));
    assert_eq!(signatures(&scene.target)[0], 3, "the holder's");
    let body = json!({ "presentation": scene.showing(&credential) }).to_string();
    let exchange = Request::post("/token", "application/json", body);
    let bearer = exchange.send(scene.target.address()).json();
    let before = signatures(&scene.target);
    for _ in 0..5 {
        ask(bearer["access_token"].as_str().unwrap());
    }
    assert_eq!(signatures(&scene.target), before, "a bearer costs none");
}

#[test]
fn a_forged_credential_leads_to_nobody_but_its_issuer() {
    let scene = Scene::started("");
    let victim = scene.peer.party("victim");
    let asked = Arc::new(AtomicBool::new(false));
    let noted = asked.clone();
    scene.peer.on(
        "/victim/did.json",
        peer::Answer::made(move |_| {
            noted.store(true, Ordering::SeqCst);
            peer::Answer::Whole(404, "text/plain", Vec::new())
        }),
    );
    let forged = credential(&scene.issuer, &victim.did, MEMBERSHIP).signed(&Key::es256());
    let stranger = credential(&victim, &victim.did, MEMBERSHIP).signed(&victim.key);
    let shown = |credential| presentation(&victim, &[credential]).signed(&victim.key);
    scene.target.check([
        Row::refused("S28", "forged", scene.asking(&shown(forged)), 401, "jose.signature"),
        Row::refused("S28", "of a stranger", scene.asking(&shown(stranger)), 403, "trust.issuer")
            .offline(),
    ]);
    assert!(!asked.load(Ordering::SeqCst), "somebody was asked whom a forged credential named");
}

#[test]
fn many_questions_at_once_fetch_each_document_once() {
    let scene = Scene::started("");
    let tokens: Vec<_> = (0..16).map(|_| scene.presentation().signed(&scene.holder.key)).collect();
    std::thread::scope(|threads| {
        for token in &tokens {
            let (request, address) = (scene.asking(token), scene.target.address());
            threads.spawn(move || assert_eq!(request.send(address).status, 200));
        }
    });
    assert_eq!(scene.target.requests_to_peers(), 2, "the issuer's and the holder's");
}
