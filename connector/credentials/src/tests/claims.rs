use super::*;

#[test]
fn s6_an_exp_that_is_no_sane_instant() {
    let world = World::new();
    for exp in [
        json!(u64::MAX),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(1e300),
        json!("2030"),
        json!(-1),
        json!(1_795_348_800.5),
        json!(null),
        json!([1]),
    ] {
        let token = world.forge(|_, payload| payload["exp"] = exp.clone());
        let text = "the claim 'exp' must be a whole number of seconds since 1970";
        world.check(&token, "claims.exp", Cause::Claims, text);
        let token = world.forge(|_, payload| payload["iat"] = exp);
        let text = "the claim 'iat' must be a whole number of seconds since 1970";
        world.check(&token, "claims.iat", Cause::Claims, text);
    }
    let token = world.forge(|_, payload| drop(payload.as_object_mut().unwrap().remove("exp")));
    let text = "the claim 'exp' must be a whole number of seconds since 1970";
    world.check(&token, "claims.exp", Cause::Claims, text);
    for life_s in [-1, 601] {
        let exp = world.now.as_second() + life_s;
        let token = world.forge(|_, payload| payload["exp"] = json!(exp));
        let text = "the claim 'exp' must be at most 600 s after iat";
        world.check(&token, "claims.exp", Cause::Claims, text);
    }
}

#[test]
fn s7_another_audience() {
    let world = World::new();
    let text = "the presentation is made for another; make one with aud = did:web:mill.example";
    for aud in ["did:web:oem.example", "did:web:mill.example ", "DID:web:mill.example", ""] {
        let token = world.forge(|_, payload| payload["aud"] = json!(aud));
        world.check(&token, "vp.audience", Cause::Trust, text);
    }
    let text = "the claim 'aud' must be the DID of this connector, as one string";
    for aud in
        [json!(["did:web:mill.example", "did:web:x.example"]), json!(["did:web:mill.example"])]
    {
        let token = world.forge(|_, payload| payload["aud"] = aud);
        world.check(&token, "claims.aud", Cause::Claims, text);
    }
    let token = world.forge(|_, payload| drop(payload.as_object_mut().unwrap().remove("aud")));
    world.check(&token, "claims.aud", Cause::Claims, text);
}

#[test]
fn s8_the_clock_may_differ_by_a_minute() {
    let world = World::new();
    let at = |offset_s: i64| {
        world.forge(|_, payload| {
            let iat = world.now.as_second() + offset_s;
            (payload["iat"], payload["exp"]) = (json!(iat), json!(iat + 600));
        })
    };
    for offset_s in [0, 2, 60, -300, -360] {
        world.try_token(&at(offset_s)).unwrap();
    }
    for (offset_s, iat) in [
        (61, "2026-11-22T12:01:01Z"),
        (600, "2026-11-22T12:10:00Z"),
        (-361, "2026-11-22T11:53:59Z"),
    ] {
        let text = format!(
            "the token says that it was made at {iat}, now 2026-11-22T12:00:00Z; none is from the future and a presentation is used within 300 s, check the clock"
        );
        world.check(&at(offset_s), "claims.iat", Cause::Claims, &text);
    }
    let token = world.forge(|_, payload| {
        let iat = world.now.as_second() - 200;
        (payload["iat"], payload["exp"]) = (json!(iat), json!(iat + 100));
    });
    let text = "'exp' was 2026-11-22T11:58:20Z, now 2026-11-22T12:00:00Z; make a new one";
    world.check(&token, "claims.exp", Cause::Claims, text);
}

#[test]
fn s9_a_presentation_counts_once() {
    let world = World::new();
    let (token, documents) = (world.presentation(), world.documents());
    let replay = ForgetfulReplay::default();
    world.try_token_with(&token, &documents, &replay).unwrap();
    let refusal = world.try_token_with(&token, &documents, &replay).unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.to_string().as_str()),
        (
            "claims.replay",
            "the presentation with this 'jti' was used before; make a new one for each request"
        )
    );
    for jti in [json!(""), json!("x".repeat(129)), json!(1)] {
        let token = world.forge(|_, payload| payload["jti"] = jti);
        let text = "the claim 'jti' must be a string of 1 to 128 bytes";
        world.check(&token, "claims.jti", Cause::Claims, text);
    }
}

#[test]
fn s9_a_replay_store_that_does_not_answer_refuses() {
    struct Broken;
    impl Replay for Broken {
        fn first_use(&self, _: &Did, _: &str, _: Timestamp) -> Result<bool, ReplayFault> {
            Err(ReplayFault("disk full at /secret/path".into()))
        }
    }
    let world = World::new();
    let unverified = Unverified::parse(&world.presentation()).unwrap();
    let documents = world.documents();
    let refusal = unverified.verify(&world.evidence(&documents, &Broken)).unwrap_err();
    assert_eq!(refusal.cause(), Cause::Unchecked);
    assert_eq!(
        refusal.to_string(),
        "whether the presentation was used before could not be checked; try again"
    );
}
