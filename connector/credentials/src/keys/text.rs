//! Keys as text: what lies sealed in the folder.

use super::{Ends, Half, KEYS_MAX, Key, Keys, KeysError};
use crate::{Keypair, PublicKey};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use zeroize::{Zeroize, Zeroizing};

/// A key as the text has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    jwk: Map<String, Value>,
    made: Timestamp,
    signs_from: Timestamp,
    #[serde(default)]
    ends: Option<Ends>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ring {
    keys: Vec<Written>,
}

/// Enough of a text to tell one key from several.
#[derive(Deserialize)]
struct Kind {
    kty: Option<String>,
}

impl Keys {
    /// Reads the keys as [`to_text`](Self::to_text) wrote them, or one private key as a JWK.
    ///
    /// # Errors
    /// What is wrong, without a word of the text.
    pub fn read(text: &str) -> Result<Self, KeysError> {
        let wrong = |why| KeysError::Shape { why };
        // A reader's own message could repeat a part of the text.
        let is_jwk = serde_json::from_str::<Kind>(text).is_ok_and(|it| it.kty.is_some());
        if is_jwk {
            return Ok(Self::new(Keypair::from_private_jwk(text)?, Timestamp::UNIX_EPOCH));
        }
        let ring: Ring = serde_json::from_str(text).map_err(|_| wrong("not JSON of this form"))?;
        let keys = ring.keys.into_iter().map(Key::read).collect::<Result<Vec<_>, _>>()?;
        let last = keys.last().ok_or(wrong("the list is empty"))?;
        if keys.len() > KEYS_MAX {
            return Err(wrong("the list is too long"));
        }
        if last.ends.is_some() || last.half.keypair().is_none() {
            return Err(wrong("the last one cannot sign"));
        }
        if keys.iter().rev().skip(1).any(|key| key.ends.is_none()) {
            return Err(wrong("two of them have no end"));
        }
        Ok(Self { keys })
    }

    /// The keys as text, to be written where only their owner reads; it is wiped when dropped.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(1024 * self.keys.len()));
        text.push_str("{\"keys\":[");
        for (key, number) in self.keys.iter().zip(0..) {
            if number > 0 {
                text.push(',');
            }
            text.push_str("{\"jwk\":");
            match &key.half {
                Half::Private(keypair) => text.push_str(&keypair.to_private_jwk()),
                Half::Public(public) => text.push_str(&public.to_jwk().to_string()),
            }
            let rest = format!(",\"made\":\"{}\",\"signs_from\":\"{}\"", key.made, key.signs_from);
            text.push_str(&rest);
            if let Some(ends) = key.ends {
                let ends = serde_json::to_string(&ends).expect("instants are always JSON");
                text.push_str(&format!(",\"ends\":{ends}"));
            }
            text.push('}');
        }
        text.push_str("]}");
        text
    }
}

impl Key {
    fn read(written: Written) -> Result<Self, KeysError> {
        let Written { mut jwk, made, signs_from, ends } = written;
        let half = if jwk.contains_key("d") {
            let text = Zeroizing::new(Value::Object(jwk.clone()).to_string());
            let keypair = Keypair::from_private_jwk(&text);
            if let Some(Value::String(mut scalar)) = jwk.remove("d") {
                scalar.zeroize();
            }
            Half::Private(Arc::new(keypair?))
        } else {
            let public = PublicKey::from_jwk(&jwk).ok().flatten();
            Half::Public(public.ok_or(KeysError::Shape { why: "one of them is of no known kind" })?)
        };
        Ok(Self { half, made, signs_from, ends })
    }
}
