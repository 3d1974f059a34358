//! How many ES256 signatures one processor checks in a second through the whole gate, beside ring's bare check in the
//! same run, and what a caller costs whose credential was shown before.
//!
//! Processor time, the best of several rounds in turn, so that another program's load takes nothing away.

#![expect(clippy::print_stdout, reason = "figures are what it is run for")]

use adit_credentials::{
    Claims, DidDocument, Documents, Evidence, Keypair, PublicKey, Replay, ReplayFault, Statuses,
    Trust, TrustList, Unverified, Verified, did_jwk, did_key, did_web_document, issue, present,
};
use adit_vocab::Did;
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    UnparsedPublicKey,
};

const ROUNDS: usize = 7;
const CHECKS: usize = 1_000;

/// Lets each presentation pass; the memory of used ones is not measured here.
struct EachIsNew;

impl Replay for EachIsNew {
    fn first_use(&self, _: &Did, _: &str, _: Timestamp) -> Result<bool, ReplayFault> {
        Ok(true)
    }
}

struct Company {
    did: Did,
    key: Keypair,
}

impl Company {
    fn new(did: &str) -> Self {
        Self { did: did.parse().expect("a DID"), key: Keypair::generate().expect("a key") }
    }

    /// Somebody without a domain.
    fn spelled(did: impl Fn(&PublicKey) -> Did) -> Self {
        let key = Keypair::generate().expect("a key");
        Self { did: did(key.public()), key }
    }

    fn document(&self) -> DidDocument {
        let document = did_web_document(&self.did, &[self.key.public()], "https://a.example", &[]);
        DidDocument::parse(&self.did, document.to_string().as_bytes()).expect("our own document")
    }
}

fn main() {
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("an instant");
    let (issuer, holder) =
        (Company::new("did:web:oem.example"), Company::new("did:web:shop.example"));
    let audience: Did = "did:web:mill.example".parse().expect("a DID");
    let until = now + SignedDuration::from_hours(24);
    let token_of = |holder: &Company| {
        let subject = holder.did.clone();
        let claims = Claims::about("urn:uuid:1", "PartnerCredential", subject, now, until);
        let shown = [issue(&issuer.key, &issuer.did, &claims, now).expect("a credential")];
        present(&holder.key, &holder.did, &shown, &audience, "1", now).expect("signed")
    };
    let token = token_of(&holder);
    let others = [did_jwk, did_key].map(|did| token_of(&Company::spelled(did)));

    let documents: Documents = [issuer.document(), holder.document()].into_iter().collect();
    let mut list = TrustList::default();
    list.add(&issuer.did, ["PartnerCredential"], None).expect("a known type");
    let (trust, statuses) = (Trust::from(list), Statuses::default());
    let show = |token: &str, verified: &Verified| {
        let evidence = Evidence {
            documents: &documents,
            statuses: &statuses,
            trust: &trust,
            audience: &audience,
            replay: &EachIsNew,
            verified,
            now,
        };
        let unverified = Unverified::parse(token).expect("a presentation");
        unverified.verify(&evidence).expect("a caller")
    };

    let ask = |verified: &Verified| show(&token, verified);
    let bare = bare();
    let warm = Verified::default();
    ask(&warm);
    let mut best = [f64::INFINITY; 5];
    for _ in 0..ROUNDS {
        let rounds = [
            seconds(|| (0..CHECKS).for_each(|_| bare())),
            seconds(|| (0..CHECKS / 2).for_each(|_| drop(ask(&Verified::default())))),
            seconds(|| (0..CHECKS).for_each(|_| drop(ask(&warm)))),
            seconds(|| (0..CHECKS).for_each(|_| drop(show(&others[0], &warm)))),
            seconds(|| (0..CHECKS).for_each(|_| drop(show(&others[1], &warm)))),
        ];
        for (best, round) in best.iter_mut().zip(rounds) {
            *best = best.min(round);
        }
    }
    let before = warm.checks();
    let caller = ask(&warm);
    let of_presentation = warm.checks() - before;
    assert!(caller.still_trusted(&trust, &statuses, now));
    let of_bearer = warm.checks() - before - of_presentation;

    let [bare, gate, again, by_jwk, by_key] = best.map(|seconds| CHECKS as f64 / seconds);
    println!("bare ES256 checks (ring)                {bare:>9.0}/s");
    println!("ES256 checks through the gate, uncached {gate:>9.0}/s");
    println!("presentations of a known credential     {again:>9.0}/s");
    println!("the same by a did:jwk                   {by_jwk:>9.0}/s");
    println!("the same by a did:key                   {by_key:>9.0}/s");
    println!("of the bare rate                        {:>9.2}", gate / bare);
    println!("checks for a presentation shown warm    {of_presentation:>9}");
    println!("checks for a bearer                     {of_bearer:>9}");
}

/// One check by ring alone, over as many bytes as a presentation has.
fn bare() -> impl Fn() {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let key = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
    let key = EcdsaKeyPair::from_pkcs8(algorithm, key.as_ref(), &random).expect("a key");
    let message = vec![b'a'; 1_500];
    let signature = key.sign(&random, &message).expect("a signature");
    let public =
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref().to_vec());
    move || public.verify(&message, signature.as_ref()).expect("it fits")
}

/// The processor time of some work, from the kernel's own count.
fn seconds(work: impl FnOnce()) -> f64 {
    let before = nanoseconds();
    work();
    (nanoseconds() - before) as f64 / 1e9
}

fn nanoseconds() -> u64 {
    let line = std::fs::read_to_string("/proc/self/schedstat").expect("Linux counts it");
    let first = line.split_whitespace().next().and_then(|number| number.parse().ok());
    first.expect("its first number")
}
