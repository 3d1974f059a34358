//! Rows S1 to S9 and S13: tokens, whatever they say.
//!
//! A presentation comes as a bearer at `/sparql`, or in the body of `/token` where it does not fit into a header.

use super::forge::{b64, compact};
use super::*;

impl Scene {
    /// A presentation in the body of an exchange.
    pub(super) fn exchanging(&self, presentation: &str) -> Request {
        let body = json!({ "presentation": presentation }).to_string();
        Request::post("/token", "application/json", body).hides(presentation)
    }

    /// A presentation whose header differs, as the bearer of a question.
    pub(super) fn with_header(&self, member: &str, value: impl Into<Value>) -> Request {
        let token = self.presentation().header(member, value);
        self.asking(&token.signed(&self.holder.key))
    }

    /// A presentation whose claim differs.
    pub(super) fn with_claim(&self, claim: &str, value: impl Into<Value>) -> Request {
        let token = self.presentation().claim(claim, value);
        self.asking(&token.signed(&self.holder.key))
    }

    /// A presentation of a credential whose claim differs.
    pub(super) fn with_vc_claim(&self, claim: &str, value: impl Into<Value>) -> Request {
        let shown = self.credential().claim(claim, value).signed(&self.issuer.key);
        self.asking(&self.showing(&[shown]))
    }

    /// A self-issued token of the holder with a claim that differs.
    pub(super) fn self_issued_with(&self, claim: &str, value: impl Into<Value>) -> Request {
        let token = self_issued(&self.holder).claim("token", "any").claim(claim, value);
        self.asking(&token.signed(&self.holder.key))
    }
}

/// A token with one part of its text replaced; the signature stays.
fn with_part(token: &str, part: usize, text: &str) -> String {
    let mut parts: Vec<_> = token.split('.').collect();
    parts[part] = text;
    parts.join(".")
}

#[test]
fn s1_an_algorithm_that_is_none() {
    let scene = scene();
    let refused = |input: &str, alg: Value| {
        let token = scene.presentation().header("alg", alg).signed(&Key::Bytes(Vec::new()));
        Row::refused("S1", input, scene.asking(&token), 401, "jose.alg").offline()
    };
    let signed = scene.with_header("alg", "none");
    scene.target.check([
        refused("none", json!("none")),
        refused("NoNe", json!("NoNe")),
        refused("absent", Value::Null),
        Row::refused("S1", "none over a signature", signed, 401, "jose.alg").offline(),
        Row::refused("S1", "es256", scene.with_header("alg", "es256"), 401, "jose.alg").offline(),
    ]);
}

#[test]
fn s2_a_key_for_another_algorithm_or_use() {
    let scene = scene();
    let ours = Request::get("/.well-known/did.json").send(scene.target.address()).json();
    let ours = ours["verificationMethod"][0]["publicKeyJwk"].clone();
    let keyed = |secret: Vec<u8>| {
        let token = scene.presentation().header("alg", "HS256").signed(&Key::Hs256(secret));
        Row::refused("S2", "HS256 keyed with a public key", scene.asking(&token), 401, "jose.alg")
            .offline()
    };
    let long = scene.peer.party_with("s2-p384", Key::es384());
    let shown = credential(&scene.issuer, &long.did, MEMBERSHIP).signed(&scene.issuer.key);
    let by_long = presentation(&long, &[shown]).header("alg", "ES256").signed(&long.key);
    let encrypting = scene.peer.party("s2-enc");
    let mut document = encrypting.document();
    document["verificationMethod"][0]["publicKeyJwk"]["use"] = json!("enc");
    scene.peer.on("/s2-enc/did.json", peer::Answer::json(&document));
    let shown = credential(&scene.issuer, &encrypting.did, MEMBERSHIP).signed(&scene.issuer.key);
    let by_encrypting = presentation(&encrypting, &[shown]).signed(&encrypting.key);
    scene.target.check([
        keyed(ours.to_string().into_bytes()),
        keyed(scene.holder.key.jwk().to_string().into_bytes()),
        Row::refused(
            "S2",
            "RS256 on an EC key",
            scene.with_header("alg", "RS256"),
            401,
            "jose.alg",
        )
        .offline(),
        Row::refused("S2", "ES256 with a P-384 key", scene.asking(&by_long), 401, "jose.signature"),
        Row::refused("S2", "a key for encryption", scene.asking(&by_encrypting), 401, "did.key"),
    ]);
}

#[test]
fn s3_a_member_that_stands_twice() {
    let scene = scene();
    let token = scene.presentation();
    let twice = |input: &str, header: String, payload: String| {
        let token = compact(header.as_bytes(), payload.as_bytes(), &scene.holder.key);
        Row::refused("S3", input, scene.asking(&token), 400, "jose.duplicate").offline()
    };
    let (header, payload) = (token.header.to_string(), token.payload.to_string());
    let before = |text: &str, member: &str| text.replacen('{', &format!("{{{member},"), 1);
    let shown = before(&scene.credential().payload.to_string(), "\"issuer\":\"did:web:a.example\"");
    let shown = compact(
        scene.credential().header.to_string().as_bytes(),
        shown.as_bytes(),
        &scene.issuer.key,
    );
    scene.target.check([
        twice("alg twice", before(&header, "\"alg\":\"none\""), payload.clone()),
        twice("alg twice, escaped", before(&header, "\"\\u0061lg\":\"none\""), payload.clone()),
        twice("aud twice", header.clone(), before(&payload, "\"aud\":\"did:web:other.example\"")),
        twice("deep within", header, before(&payload, "\"x\":{\"y\":[{\"z\":1,\"z\":2}]}")),
        Row::refused(
            "S3",
            "in a credential",
            scene.asking(&scene.showing(&[shown])),
            400,
            "jose.duplicate",
        )
        .offline(),
    ]);
}

#[test]
fn s4_header_members_that_change_how_a_token_is_read() {
    let scene = scene();
    let refused = |input: &str, member: &str, value: Value| {
        Row::refused("S4", input, scene.with_header(member, value), 401, "jose.header").offline()
    };
    scene.target.check([
        refused("crit: []", "crit", json!([])),
        refused("b64: false without crit", "b64", json!(false)),
        refused("an unknown crit", "crit", json!(["exp"])),
        refused("zip", "zip", json!("DEF")),
        refused("a kid that is a number", "kid", json!(7)),
    ]);
}

#[test]
fn s5_keys_that_the_header_brings_along() {
    let scene = scene();
    let url = format!("http://{}/keys", forbidden().address);
    let at_peer = format!("https://{}/keys", scene.peer.host);
    let refused = |member: &str, value: Value| {
        Row::refused("S5", member, scene.with_header(member, value), 401, "jose.header").offline()
    };
    scene.target.check([
        refused("jku", json!(url)),
        refused("jku", json!(at_peer)),
        refused("x5u", json!(url)),
        refused("x5c", json!(["MIIB"])),
        refused("jwk", scene.holder.key.jwk()),
    ]);
}

#[test]
fn s6_instants_that_are_none() {
    let scene = scene();
    let values = [
        ("2^64-1", json!(u64::MAX)),
        ("1e300", json!(1e300)),
        ("text", json!("2030")),
        ("-1", json!(-1)),
        ("a fraction", json!(now() as f64 + 0.5)),
        ("absent", Value::Null),
        ("after an hour", json!(now() + 3600)),
        ("past", json!(now() - 200)),
    ];
    let rows = values.iter().flat_map(|(input, value)| {
        let row = |of: &str, token: Token| {
            let token = token.claim("exp", value.clone());
            // What only the clock says is held against it after the signature.
            let is_past = *input == "past";
            let token = if is_past { token.claim("iat", now() - 250) } else { token };
            let request = scene.asking(&token.signed(&scene.holder.key));
            let row =
                Row::refused("S6", format!("exp of {of}: {input}"), request, 401, "claims.exp");
            if is_past { row } else { row.offline() }
        };
        [
            row("a presentation", scene.presentation()),
            row("a self-issued token", self_issued(&scene.holder).claim("token", "any")),
        ]
    });
    scene.target.check(rows);
    let huge = |claim: &'static str| {
        Row::refused(
            "S6",
            format!("{claim}: 2^64-1"),
            scene.with_claim(claim, u64::MAX),
            401,
            match claim {
                "iat" => "claims.iat",
                _ => "claims.nbf",
            },
        )
        .offline()
    };
    scene.target.check([
        huge("iat"),
        huge("nbf"),
        Row::refused(
            "S6",
            "exp of a credential: 2^64-1",
            scene.with_vc_claim("exp", u64::MAX),
            401,
            "claims.exp",
        )
        .offline(),
    ]);
}

#[test]
fn s7_an_audience_that_is_not_us_alone() {
    let scene = scene();
    let both = json!([DID, "did:web:other.example"]);
    let refused = |input: &str, request: Request| {
        Row::refused("S7", input, request, 401, "claims.aud").offline()
    };
    scene.target.check([
        refused("absent", scene.with_claim("aud", Value::Null)),
        refused("two of them", scene.with_claim("aud", both.clone())),
        refused("in a list", scene.with_claim("aud", json!([DID]))),
        refused("self-issued, absent", scene.self_issued_with("aud", Value::Null)),
        refused("self-issued, another", scene.self_issued_with("aud", "did:web:other.example")),
        refused("self-issued, two of them", scene.self_issued_with("aud", both)),
    ]);
}

#[test]
fn s8_clocks_that_differ_a_little_and_a_lot() {
    let scene = scene();
    let made = |at: i64, life: i64| {
        let token = scene.presentation().claim("iat", now() + at).claim("exp", now() + at + life);
        scene.asking(&token.signed(&scene.holder.key))
    };
    scene.target.check([
        Row::answered("S8", "iat + 2 s", made(2, 300)),
        Row::refused("S8", "iat + 10 min", made(600, 300), 401, "claims.iat"),
        Row::refused("S8", "older than 5 min", made(-365, 600), 401, "claims.iat"),
    ]);
}

#[test]
fn s9_a_token_serves_once() {
    let scene = scene();
    let token = scene.presentation().signed(&scene.holder.key);
    let by_exchange = scene.presentation().signed(&scene.holder.key);
    scene.target.check([
        Row::answered("S9", "the first time", scene.asking(&token)),
        Row::refused("S9", "the second time", scene.asking(&token), 401, "claims.replay"),
        Row::refused("S9", "elsewhere", scene.exchanging(&token), 401, "claims.replay"),
        Row::answered("S9", "exchanged", scene.exchanging(&by_exchange)),
        Row::refused("S9", "and shown", scene.asking(&by_exchange), 401, "claims.replay"),
    ]);
}

#[test]
fn s13_what_looks_like_a_token() {
    let scene = scene();
    let token = scene.presentation().signed(&scene.holder.key);
    let parts: Vec<_> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("three parts") };
    let as_json = json!({ "payload": payload, "signatures": [{ "protected": header, "signature": signature }] });
    let flat = json!({ "payload": payload, "protected": header, "signature": signature });
    // The last character of a signature of 64 bytes carries four bits that must be zero.
    let last = signature.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let next = alphabet.chars().nth(alphabet.find(last).unwrap() + 1).unwrap();
    let uncanonical = format!("{}{next}", &signature[..signature.len() - 1]);
    let encrypted = b64(br#"{"alg":"ECDH-ES","enc":"A256GCM","zip":"DEF"}"#);
    let refused = |input: &str, token: &str, status: u16, code: &str| {
        Row::refused("S13", input, scene.exchanging(token), status, code).offline()
    };
    let long_header =
        scene.presentation().header("cty", "v".repeat(17 << 10)).signed(&scene.holder.key);
    let long = scene.presentation().claim("x", "y".repeat(64 << 10)).signed(&scene.holder.key);
    scene.target.check([
        refused(
            "five parts",
            &format!("{encrypted}..{payload}.{signature}.AAAA"),
            401,
            "jose.parts",
        ),
        refused("two parts", &format!("{header}.{payload}"), 401, "jose.parts"),
        refused("four parts", &format!("{token}.{payload}"), 401, "jose.parts"),
        refused("the JSON serialization", &as_json.to_string(), 401, "jose.alphabet"),
        refused("the flat JSON serialization", &flat.to_string(), 401, "jose.alphabet"),
        refused("braces", &with_part(&token, 1, &format!("{{{payload}}}")), 401, "jose.alphabet"),
        refused("padding", &with_part(&token, 0, &format!("{header}==")), 401, "jose.alphabet"),
        refused("a newline behind it", &format!("{token}\n"), 401, "jose.alphabet"),
        refused("a space before it", &format!(" {token}"), 401, "jose.alphabet"),
        refused(
            "the other base64",
            &with_part(&token, 1, &format!("+{payload}")),
            401,
            "jose.alphabet",
        ),
        refused("bits left over", &with_part(&token, 2, &uncanonical), 401, "jose.base64"),
        refused("a header of 16 KB", &long_header, 413, "jose.size"),
        refused("more than 64 KB", &long, 413, "jose.size"),
        refused("no JSON", &compact(b"not JSON", b"{}", &scene.holder.key), 400, "jose.json"),
        refused(
            "no UTF-8",
            &compact(b"{\"alg\":\"\xff\"}", b"{}", &scene.holder.key),
            400,
            "jose.json",
        ),
        refused(
            "17 levels",
            &compact("[".repeat(17).as_bytes(), b"{}", &scene.holder.key),
            400,
            "jose.depth",
        ),
        Row::refused(
            "S13",
            "five parts as a bearer",
            scene.asking(&format!("{encrypted}..a.b.c")),
            401,
            "jose.parts",
        )
        .offline(),
        Row::refused(
            "S13",
            "more than 64 KB as a bearer",
            scene.asking(&long),
            431,
            "http.headers",
        )
        .offline(),
    ]);
}
