use super::*;

const LISTED: &str = "only ES256, ES384, EdDSA and Ed25519 are accepted";

#[test]
fn s1_algorithms_off_the_list() {
    let world = World::new();
    for alg in ["none", "NoNe", "", "HS256", "RS256", "ES512", "es256", "eddsa"] {
        let token = world.forge(|header, _| header["alg"] = json!(alg));
        let text = format!("the token is signed with alg '{alg}'; {LISTED}");
        world.check(&token, "jose.alg", Cause::Proof, &text);
    }
    let token = world.forge(|header, _| drop(header.as_object_mut().unwrap().remove("alg")));
    let text = format!("the token is signed with alg ''; {LISTED}");
    world.check(&token, "jose.alg", Cause::Proof, &text);
}

#[test]
fn s3_members_that_stand_twice() {
    let world = World::new();
    let payload = r#"{"aud":"did:web:mill.example","aud":"did:web:other.example"}"#;
    let header = r#"{"alg":"ES256","typ":"vp+jwt"}"#;
    let token = sign_text(header, payload, &world.shop_key);
    let text = "the payload: the member at '/aud' stands twice";
    world.check(&token, "jose.duplicate", Cause::Form, text);
    let header = r#"{"alg":"none","typ":"vp+jwt","alg":"ES256"}"#;
    let token = sign_text(header, payload, &world.shop_key);
    let text = "the header: the member at '/alg' stands twice";
    world.check(&token, "jose.duplicate", Cause::Form, text);
}

#[test]
fn s4_s5_header_members_off_the_list() {
    let world = World::new();
    for (member, value) in [
        ("crit", json!([])),
        ("crit", json!(["b64"])),
        ("b64", json!(false)),
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/cert")),
        ("x5c", json!(["AAAA"])),
        ("jwk", world.shop_key.public().to_jwk()),
        ("kid", json!(7)),
        ("cty", json!("vc")),
    ] {
        let token = world.forge(|header, _| header[member] = value);
        let text = format!(
            "the header member '{member}' is not accepted; only alg, typ, kid and cty are, as strings"
        );
        world.check(&token, "jose.header", Cause::Proof, &text);
    }
}

#[test]
fn s13_forms_that_are_not_compact_signed_tokens() {
    let world = World::new();
    let token = world.presentation();
    let parts: Vec<_> = token.split('.').collect();
    let alphabet = |at: usize| {
        format!(
            "byte {at} of the token is none of A-Z a-z 0-9 _ - .; only the compact form is read"
        )
    };
    for (token, at) in [
        (r#"{"payload":"e30"}"#.to_owned(), 0),
        (format!("{token}\n"), token.len()),
        (format!("{token}="), token.len()),
        (format!("{token}é"), token.len()),
        (format!("Bearer {token}"), 6),
    ] {
        world.check(&token, "jose.alphabet", Cause::Proof, &alphabet(at));
    }
    for (token, count) in
        [("a.b.c.d.e".to_owned(), 5), (parts[..2].join("."), 2), (String::new(), 1)]
    {
        let text = format!(
            "the token has {count} parts, a signed one has 3: header, payload, signature; encrypted tokens are not read"
        );
        world.check(&token, "jose.parts", Cause::Proof, &text);
    }
    let text = "the token has 65537 bytes; at most 65536 are read";
    world.check(&"a".repeat(65_537), "jose.size", Cause::Size, text);
    let token = format!("{}.{}.{}", "a".repeat(16_385), parts[1], parts[2]);
    let text = "the header of the token has 16385 bytes; at most 16384 are read";
    world.check(&token, "jose.size", Cause::Size, text);
    let base64 = "is not base64url in its one canonical form without padding";
    // 64 bytes end in a character with four bits to spare; any of them set is another spelling of the same bytes.
    let spare = if parts[2].ends_with('A') { 'B' } else { 'R' };
    let token = format!("{}.{}.{}{spare}", parts[0], parts[1], &parts[2][..85]);
    world.check(&token, "jose.base64", Cause::Proof, &format!("the signature {base64}"));
    let token = format!("A.{}.{}", parts[1], parts[2]);
    world.check(&token, "jose.base64", Cause::Proof, &format!("the header {base64}"));
    let token = sign_text(r#"{"alg":"ES256","typ":"vp+jwt"}"#, "[]", &world.shop_key);
    world.check(&token, "jose.json", Cause::Form, "the payload: not JSON: not an object");
    let deep = format!("{}{}", r#"{"a":"#.repeat(17), "}".repeat(17));
    let token = sign_text(r#"{"alg":"ES256","typ":"vp+jwt"}"#, &deep, &world.shop_key);
    let text = "the payload: arrays and objects nest deeper than 16 levels";
    world.check(&token, "jose.depth", Cause::Form, text);
}
