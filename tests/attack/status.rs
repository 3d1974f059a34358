//! Row S17: a status list that says no, and every way in which one cannot be believed; and what becomes of bearers.

use super::*;
use adit::credentials::{Documents, StatusEntry, StatusForm, StatusPurpose, WantedList};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use peer::Answer;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The bytes of the shortest list.
const BYTES: usize = 131_072 / 8;
/// The bit of the credential that is shown.
const INDEX: usize = 94_567;

/// The bits as `encodedList` has them, but for the `u`.
fn packed(bytes: &[u8]) -> String {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).unwrap();
    URL_SAFE_NO_PAD.encode(packer.finish().unwrap())
}

/// So many zeros, packed.
fn zeros(megabytes: usize) -> String {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let megabyte = vec![0; 1 << 20];
    (0..megabytes).for_each(|_| packer.write_all(&megabyte).unwrap());
    URL_SAFE_NO_PAD.encode(packer.finish().unwrap())
}

pub fn clear() -> String {
    format!("u{}", packed(&[0; BYTES]))
}

/// A status list of a party, ready to be changed or signed.
pub fn list(issuer: &Party, url: &str, purpose: &str, encoded: &str) -> Token {
    Token {
        header: json!({ "alg": issuer.key.alg(), "typ": "vc+jwt", "cty": "vc", "kid": issuer.kid() }),
        payload: json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": issuer.did,
            "validFrom": instant(now() - 60),
            "validUntil": instant(now() + 900),
            "credentialSubject": {
                "id": format!("{url}#list"), "type": "BitstringStatusList",
                "statusPurpose": purpose, "encodedList": encoded,
            },
        }),
    }
}

impl Scene {
    /// Where a list of a name lies.
    fn list_url(&self, name: &str) -> String {
        format!("https://{}/lists/{name}", self.peer.host)
    }

    /// Serves a token as a list, and a credential that names it; the holder shows it.
    fn under(&self, name: &str, token: &str) -> Request {
        self.serve(name, Answer::Whole(200, "application/vc+jwt", token.as_bytes().to_vec()));
        self.naming(&self.list_url(name), INDEX)
    }

    fn serve(&self, name: &str, answer: Answer) {
        self.peer.on(&format!("/lists/{name}"), answer);
    }

    /// A request with a credential that names a bit of a list for revocation.
    fn naming(&self, url: &str, index: usize) -> Request {
        let credential = self.credential().claim("credentialStatus", entry(url, index));
        self.asking(&self.showing(&[credential.signed(&self.issuer.key)]))
    }

    /// The list of a name, unchanged.
    fn a_list(&self, name: &str, encoded: &str) -> Token {
        list(&self.issuer, &self.list_url(name), "revocation", encoded)
    }
}

fn entry(url: &str, index: usize) -> Value {
    json!({
        "id": format!("{url}#{index}"), "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation", "statusListIndex": index.to_string(),
        "statusListCredential": url,
    })
}

fn denied(input: &str, request: Request, code: &str) -> Row {
    Row::refused("S17", input, request, 403, code)
}

#[test]
fn s17_a_status_list_that_says_no_or_cannot_be_believed() {
    let scene = Scene::started("");
    let key = &scene.issuer.key;
    let mut set = vec![0; BYTES];
    set[INDEX / 8] |= 0x80 >> (INDEX % 8);
    let set = format!("u{}", packed(&set));
    let short = format!("u{}", packed(&vec![0; BYTES - 1]));
    let other = scene.peer.party("other");
    let url = scene.list_url("other-issuer");
    let by_other = list(&other, &url, "revocation", &clear()).signed(&other.key);
    let url = scene.list_url("other-purpose");
    let suspension = list(&scene.issuer, &url, "suspension", &clear()).signed(key);
    let ended = instant(now() - 1);
    // What fits into the megabyte that is fetched inflates to more than half a gigabyte.
    let bomb = format!("u{}", zeros(560));
    let plain = |name: &str, encoded: &str| scene.a_list(name, encoded).signed(key);
    let forged = scene.a_list("forged", &clear()).signed(&other.key);
    scene.serve("away", Answer::Whole(503, "text/plain", Vec::new()));
    scene.serve("page", Answer::Whole(200, "text/html", b"<html>".to_vec()));
    let never = Arc::new(AtomicBool::new(true));
    let asked = never.clone();
    scene.serve(
        "never",
        Answer::made(move |_| {
            asked.store(false, Ordering::SeqCst);
            Answer::Whole(404, "text/plain", Vec::new())
        }),
    );
    scene.target.check([
        Row::answered("S17", "a clear bit", scene.under("clear", &plain("clear", &clear()))),
        denied("bit set", scene.under("set", &plain("set", &set)), "status.revoked"),
        denied("unreachable", scene.naming(&scene.list_url("away"), INDEX), "status.unreachable"),
        denied("other issuer", scene.under("other-issuer", &by_other), "status.issuer"),
        denied("other purpose", scene.under("other-purpose", &suspension), "status.purpose"),
        denied(
            "index out of range",
            {
                scene.under("range", &plain("range", &clear()));
                scene.naming(&scene.list_url("range"), 131_072)
            },
            "status.index",
        ),
        denied("too short", scene.under("short", &plain("short", &short)), "status.short"),
        denied("no u", scene.under("no-u", &plain("no-u", &clear()[1..])), "status.multibase"),
        denied("gzip bomb", scene.under("bomb", &plain("bomb", &bomb)), "status.size"),
        denied(
            "forbidden address",
            {
                let port = forbidden().address.port();
                scene.naming(&format!("https://127.9.9.9:{port}/list"), INDEX)
            },
            "status.blocked",
        ),
        denied(
            "past its end",
            {
                let list = scene.a_list("stale", &clear()).claim("validUntil", ended);
                scene.under("stale", &list.signed(key))
            },
            "status.stale",
        ),
        denied("forged", scene.under("forged", &forged), "status.signature"),
        denied("a page", scene.naming(&scene.list_url("page"), INDEX), "status.list"),
        denied(
            "unsigned",
            {
                let body = scene.a_list("json", &clear()).payload.to_string().into_bytes();
                scene.serve("json", Answer::Whole(200, "application/json", body));
                scene.naming(&scene.list_url("json"), INDEX)
            },
            "status.list",
        ),
        denied(
            "a credential",
            {
                let credential = scene.credential().signed(key);
                scene.under("credential", &credential)
            },
            "status.list",
        ),
        // Nothing of a credential that its issuer did not sign is believed, least of all an address; only the issuer's
        // document is asked for once more.
        Row::refused(
            "S17",
            "a forged credential names a list",
            {
                let claim = entry(&scene.list_url("never"), INDEX);
                let credential = scene.credential().claim("credentialStatus", claim);
                scene.asking(&scene.showing(&[credential.signed(&other.key)]))
            },
            401,
            "jose.signature",
        ),
        Row::refused(
            "S17",
            "an entry of another kind",
            {
                let claim = json!({ "type": "TokenStatusList", "statusListCredential": "x" });
                let credential = scene.credential().claim("credentialStatus", claim);
                scene.asking(&scene.showing(&[credential.signed(key)]))
            },
            401,
            "vc.status",
        )
        .offline(),
        // The same list within a minute costs no request.
        Row::answered("S17", "the clear list again", scene.naming(&scene.list_url("clear"), 7))
            .offline(),
    ]);
    assert!(never.load(Ordering::SeqCst), "the list of a forged credential was asked for");
}

#[test]
fn s17_a_megabyte_that_stands_for_a_gigabyte() {
    let scene = Scene::started("");
    let bomb = format!("u{}", zeros(1024));
    let token = scene.a_list("gigabyte", &bomb).signed(&scene.issuer.key);
    let row = denied("1 MB of gzip, 1 GB inflated", scene.under("gigabyte", &token), "status.size");
    scene.target.check([row]);
}

#[test]
fn a_copy_is_used_for_a_minute_and_for_five_while_its_issuer_is_away() {
    let target = Target::prepared("");
    let peer = target.peer("peer.example");
    let issuer = peer.party("issuer");
    target.trust(&issuer, MEMBERSHIP);
    let url = format!("https://{}/lists/copy", peer.host);
    let serve = |encoded: &str| {
        let list = list(&issuer, &url, "revocation", encoded);
        let list = list.claim("validUntil", instant(now() + 3_600)).signed(&issuer.key);
        peer.on("/lists/copy", Answer::Whole(200, "application/vc+jwt", list.into_bytes()));
    };
    let did: adit::vocab::Did = issuer.did.parse().unwrap();
    let (form, purpose) = (StatusForm::Bitstring, StatusPurpose::Revocation);
    let wanted = [WantedList { url: url.clone(), issuer: did.clone(), form }];
    let entry = StatusEntry { purpose, list: url.clone(), index: INDEX as u64, form };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let folder = adit::folder::Folder::at(target.folder());
        let connector = adit::connector::Connector::open(&folder).unwrap();
        let start = jiff::Timestamp::now();
        let mut documents = Documents::default();
        documents.add(connector.document(&did, start).await.unwrap());
        // What a credential comes to so many seconds later, and how many requests that took.
        let ask = async |seconds: i64| {
            let (at, before) =
                (start + jiff::SignedDuration::from_secs(seconds), target.requests_to_peers());
            let statuses = connector.statuses(&wanted, &documents, at).await;
            let check = statuses.check(&did, &entry, at);
            (
                check.map_or_else(|why| why.code(), |()| "stands"),
                target.requests_to_peers() - before,
            )
        };
        serve(&clear());
        assert_eq!(ask(0).await, ("stands", 1), "it is fetched");
        assert_eq!(ask(59).await, ("stands", 0), "it is fresh");
        assert_eq!(ask(61).await, ("stands", 1), "it is fetched again");
        peer.on("/lists/copy", Answer::Whole(503, "text/plain", Vec::new()));
        assert_eq!(ask(125).await, ("stands", 1), "its issuer is away, and the copy a minute old");
        assert_eq!(ask(130).await, ("stands", 0), "nobody is asked again so soon");
        assert_eq!(ask(300).await, ("stands", 1), "the copy is less than five minutes old");
        assert_eq!(ask(365).await, ("status.unreachable", 1), "it is older");
        assert_eq!(ask(370).await, ("status.unreachable", 0), "nobody is asked again so soon");
        let mut set = vec![0; BYTES];
        set[INDEX / 8] |= 0x80 >> (INDEX % 8);
        serve(&format!("u{}", packed(&set)));
        assert_eq!(ask(400).await, ("status.revoked", 1), "and what it says then counts");
        serve(&clear());
        assert_eq!(ask(460).await, ("stands", 1), "it is fetched again");
        serve(&format!("u{}", packed(&set)));
        assert_eq!(ask(445).await, ("status.revoked", 1), "the clock was set back");
    });
}

#[test]
fn a_bearer_dies_when_the_credential_behind_it_is_taken_back() {
    let mut scene = Scene::started("");
    let own = json_of(&scene.target, &["whoami", "--json"]);
    let own = own["did"].as_str().unwrap().to_owned();
    scene.target.adit(&["trust", "add", &own, "--type", "AuditorCredential"]);
    let holder = Party::jwk(Key::es256());
    let file = scene.target.folder().join("auditor.jwt").display().to_string();
    let issue = ["credential", "issue", "--type", "AuditorCredential", "--to", &holder.did];
    let issued = json_of(&scene.target, &[&issue[..], &["-o", &file, "--json"]].concat());
    let id = issued["id"].as_str().unwrap().to_owned();
    let credential = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    let presentation =
        || presentation(&holder, std::slice::from_ref(&credential)).signed(&holder.key);
    let bearer = |scene: &Scene| {
        let body = json!({ "presentation": presentation() }).to_string();
        let got = Request::post("/token", "application/json", body).send(scene.target.address());
        let answer: Value = serde_json::from_slice(&got.body).unwrap();
        answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    };
    let first = bearer(&scene);
    scene.target.check([Row::answered("S17", "a bearer", scene.asking(&first))]);
    scene.target.adit(&["credential", "revoke", &id, "--suspend"]);
    scene.target.check([
        Row::refused(
            "S17",
            "its credential is suspended",
            scene.asking(&first),
            401,
            "bearer.ended",
        ),
        denied("a suspended credential", scene.asking(&presentation()), "status.suspended"),
    ]);
    scene.target.adit(&["credential", "revoke", &id, "--resume"]);
    let second = bearer(&scene);
    scene.target.check([Row::answered("S17", "after it was let go", scene.asking(&second))]);
    scene.target.adit(&["credential", "revoke", &file, "--reason", "left"]);
    scene.target.check([
        Row::refused(
            "S17",
            "its credential is revoked",
            scene.asking(&second),
            401,
            "bearer.ended",
        ),
        denied("a revoked credential", scene.asking(&presentation()), "status.revoked"),
    ]);
    // What the journal says outlives the process.
    scene.target.kill();
    scene.target.start();
    let row =
        denied("after kill -9 and a restart", scene.asking(&presentation()), "status.revoked");
    scene.target.check([row]);
    let shown = json_of(&scene.target, &["credential", "show", "--json"]);
    let row = shown["issued"].as_array().unwrap().iter().find(|it| it["id"] == *id).unwrap();
    assert_eq!(row["state"], "revoked");
}

#[test]
fn the_lists_that_are_served_are_read_alike_by_another_reader() {
    let scene = Scene::started("");
    let folder = scene.target.folder();
    let mut revoked = Vec::new();
    for number in 0..6 {
        let file = folder.join(format!("{number}.jwt")).display().to_string();
        let issue =
            ["credential", "issue", "--type", "AuditorCredential", "--to", "did:web:a.example"];
        let issued = json_of(&scene.target, &[&issue[..], &["-o", &file, "--json"]].concat());
        if number % 2 == 0 {
            scene.target.adit(&["credential", "revoke", &file]);
            revoked.push(issued["id"].as_str().unwrap().to_owned());
        }
    }
    let shown = json_of(&scene.target, &["credential", "show", "--json"]);
    let place = |id: &String| {
        let row = shown["issued"].as_array().unwrap().iter().find(|it| it["id"] == **id).unwrap();
        row["list"]["index"].as_u64().unwrap()
    };
    let mut expected: Vec<_> = revoked.iter().map(place).collect();
    expected.sort_unstable();
    for (path, media_type, members) in [
        ("/credentials/status/revocation/1", "application/vc+jwt", ""),
        ("/credentials/status2021/revocation/1", "application/jwt", "/vc"),
    ] {
        let got = Request::get(path).send(scene.target.address());
        assert_eq!((got.status, got.media_type()), (200, media_type), "{path}");
        let token = String::from_utf8(got.body.clone()).unwrap();
        let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        let payload: Value = serde_json::from_slice(&payload).unwrap();
        let list =
            &payload.pointer(&format!("{members}/credentialSubject")).unwrap()["encodedList"];
        assert_eq!(set_bits(list.as_str().unwrap()), (131_072, expected.clone()), "{path}");
        let etag = got.header("etag").unwrap().to_owned();
        let again = Request::get(path).header("If-None-Match", &etag).send(scene.target.address());
        assert_eq!(again.status, 304, "{path}");
        assert!(got.header("cache-control").unwrap().starts_with("public, max-age="), "{path}");
    }
    let none = Request::get("/credentials/status/revocation/2").send(scene.target.address());
    assert_eq!(none.status, 404);
    let clear = Request::get("/credentials/status/suspension/1").send(scene.target.address());
    assert_eq!(clear.status, 200);
}

/// How many bits Python's own libraries find, and which of them are set.
fn set_bits(encoded: &str) -> (u64, Vec<u64>) {
    let script = "import base64, gzip, json, sys\n\
        text = sys.stdin.read()\n\
        assert text[0] == 'u'\n\
        bits = gzip.decompress(base64.urlsafe_b64decode(text[1:] + '=' * (-len(text[1:]) % 4)))\n\
        found = [i for i in range(len(bits) * 8) if bits[i // 8] >> (7 - i % 8) & 1]\n\
        print(json.dumps([len(bits) * 8, found]))";
    let mut python = Command::new("python3");
    python.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().expect("python3 is there");
    python.stdin.take().unwrap().write_all(encoded.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn json_of(target: &Target, arguments: &[&str]) -> Value {
    serde_json::from_slice(&target.adit(arguments).stdout).unwrap()
}
