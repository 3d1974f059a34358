//! Row S9: one token, used once: one after another, fifty at once, and after the process was killed.

use super::*;

/// Sends one request fifty times at once; how often each status and code came back.
fn fifty(target: &Target, request: &Request) -> Vec<(u16, String, usize)> {
    let (address, watch) = (target.address(), Watch::over(target));
    let answers: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..50).map(|_| scope.spawn(|| request.send(address))).collect();
        all.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let mut counted: Vec<(u16, String, usize)> = Vec::new();
    for got in answers {
        let problem: Value = serde_json::from_slice(&got.body).unwrap_or_default();
        let code = problem["code"].as_str().unwrap_or_default().to_owned();
        match counted.iter_mut().find(|it| (it.0, &it.1) == (got.status, &code)) {
            Some(it) => it.2 += 1,
            None => counted.push((got.status, code, 1)),
        }
    }
    watch.check(target);
    counted.sort();
    counted
}

fn replayed(count: usize) -> (u16, String, usize) {
    (401, "claims.replay".to_owned(), count)
}

#[test]
fn s9_a_presentation_counts_once_whatever_happens() {
    let mut scene = Scene::started("");
    let token = || scene.presentation().signed(&scene.holder.key);
    let (first, second) = (scene.asking(&token()), scene.asking(&token()));
    let again = |request: &Request, input: &str| {
        Row::refused("S9", input, request.clone(), 401, "claims.replay")
    };
    scene.target.check([
        Row::answered("S9", "the first time", first.clone()),
        again(&first, "the second time"),
        again(&first, "the third time"),
    ]);
    let answers = fifty(&scene.target, &second);
    assert_eq!(answers, [(200, String::new(), 1), replayed(49)], "fifty at once");
    scene.target.kill();
    scene.target.start();
    scene.target.check([
        again(&first, "after kill -9 and a restart"),
        again(&second, "after kill -9 and a restart, of fifty at once"),
    ]);
    assert_eq!(fifty(&scene.target, &second), [replayed(50)]);
}

#[test]
fn s9_a_self_issued_token_counts_once_whatever_happens() {
    let mut scene = Scene::started("");
    let asking = |token: Token| {
        let token = token.signed(&scene.holder.key);
        Request::get("/dcp/requests/none").bearer(&token).hides(&token)
    };
    let (first, second) = (asking(self_issued(&scene.holder)), asking(self_issued(&scene.holder)));
    // The request is none of the holder's; that it is looked for says that the token was accepted.
    let accepted = Row::refused("S9", "the first time", first.clone(), 404, "dcp.request");
    let again = |request: &Request, input: &str| {
        Row::refused("S9", input, request.clone(), 401, "claims.replay")
    };
    scene.target.check([accepted, again(&first, "the second time")]);
    let once = (404, "dcp.request".to_owned(), 1);
    assert_eq!(fifty(&scene.target, &second), [replayed(49), once], "fifty at once");
    scene.target.kill();
    scene.target.start();
    scene.target.check([
        again(&first, "after kill -9 and a restart"),
        again(&second, "after kill -9 and a restart, of fifty at once"),
    ]);
}

#[test]
fn s9_a_bearer_buys_no_other() {
    let scene = Scene::started("");
    let presentation = scene.presentation().signed(&scene.holder.key);
    let exchange = |body: Value| Request::post("/token", "application/json", body.to_string());
    let got = exchange(json!({ "presentation": presentation })).send(scene.target.address());
    assert_eq!(got.status, 200, "{}", got.text());
    let bearer = got.json()["access_token"].as_str().unwrap().to_owned();
    let (again, other) = (exchange(json!({})), exchange(json!({ "purpose": "recall" })));
    scene.target.check([
        Row::refused("S9", "for an hour more", again.bearer(&bearer), 400, "usage"),
        Row::refused("S9", "for a purpose", other.bearer(&bearer), 400, "usage"),
        Row::answered("S9", "the bearer itself", Request::get("/summary").bearer(&bearer)),
    ]);
}
