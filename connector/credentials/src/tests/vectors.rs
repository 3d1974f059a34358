//! Examples that the standards publish.

use super::*;
use crate::jose_guard::Compact;

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// The example of [RFC 7515, A.3](https://www.rfc-editor.org/rfc/rfc7515#appendix-A.3).
#[test]
fn rfc_7515_es256() {
    let private = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
    let signed = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let signature =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let key = Keypair::from_private_jwk(private).unwrap();
    assert!(key.public().verifies(signed.as_bytes(), &bytes(signature)));
    assert!(!key.public().verifies(&signed.as_bytes()[1..], &bytes(signature)));
    let token = format!("{signed}.{signature}");
    assert!(Compact::parse(&token, Typ::SelfIssued).unwrap().is_signed_by(key.public()));
}

/// The examples of [RFC 8037, A.1 to A.5](https://www.rfc-editor.org/rfc/rfc8037#appendix-A).
#[test]
fn rfc_8037_ed25519() {
    let private = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let key = Keypair::from_private_jwk(private).unwrap();
    assert_eq!(key.public().thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert_eq!(URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()).unwrap()), signature);
    assert!(key.public().verifies(signed.as_bytes(), &bytes(signature)));
    assert!(!key.public().verifies(b"x", &bytes(signature)));
}

/// The examples of [RFC 6979, A.2.5 and A.2.6](https://www.rfc-editor.org/rfc/rfc6979#appendix-A.2.5), message `sample`.
#[test]
fn rfc_6979_p256_and_p384() {
    for (crv, x, y, signature) in [
        (
            "P-256",
            "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6",
            "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
        ),
        (
            "P-384",
            "EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13",
            "8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720",
            "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE4699EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8",
        ),
    ] {
        let coordinate = |hexadecimal| URL_SAFE_NO_PAD.encode(hex::decode(hexadecimal).unwrap());
        let jwk = json!({"kty": "EC", "crv": crv, "x": coordinate(x), "y": coordinate(y)});
        let key = PublicKey::from_jwk(jwk.as_object().unwrap()).unwrap().unwrap();
        let signature = hex::decode(signature).unwrap();
        assert!(key.verifies(b"sample", &signature), "{crv}");
        assert!(!key.verifies(b"Sample", &signature), "{crv}");
        assert_eq!(key.to_jwk(), json!({"crv": crv, "kty": "EC", "x": jwk["x"], "y": jwk["y"]}));
    }
}

/// Keys as [did:key](https://w3c-ccg.github.io/did-key-spec/#test-vectors) spells them.
#[test]
fn did_key_of_published_keys() {
    for (text, jwk) in [
        (
            "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
            json!({"crv": "Ed25519", "kty": "OKP", "x": "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik"}),
        ),
        (
            "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",
            json!({"crv": "P-256", "kty": "EC", "x": "fyNYMN0976ci7xqiSdag3buk-ZCwgXU4kz9XNkBlNUI", "y": "hW2ojTNfH7Jbi8--CJUo3OCbH3y5n91g-IMA9MLMbTU"}),
        ),
        (
            "did:key:z82Lm1MpAkeJcix9K8TMiLd5NMAhnwkjjCBeWHXyu3U4oT2MVJJKXkcVBgjGhnLBn2Kaau9",
            json!({"crv": "P-384", "kty": "EC", "x": "lInTxl8fjLKp_UCrxI0WDklahi-7-_6JbtiHjiRvMvhedhKVdHBfi2HCY8t_QJyc", "y": "y6N1IC-2mXxHreETBW7K3mBcw0qGr3CWHCs-yl09yCQRLcyfGv7XhqAngHOu51Zv"}),
        ),
    ] {
        let key = PublicKey::from_multibase(did(text).id()).unwrap().unwrap();
        assert_eq!(key.to_jwk(), jwk);
        assert_eq!(did_key(&key), did(text));
    }
}

/// The example of [did:jwk](https://github.com/quartzjer/did-jwk/blob/main/spec.md#p-256).
#[test]
fn did_jwk_of_the_published_key() {
    let text = "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9";
    let jwk = json!({"kty": "EC", "crv": "P-256", "x": "acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0", "y": "_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE"});
    let key = PublicKey::from_jwk(jwk.as_object().unwrap()).unwrap().unwrap();
    assert_eq!(did_jwk(&key), did(text));
}

/// The keys of the [test suite of VC-JOSE-COSE](https://github.com/w3c/vc-jose-cose-test-suite/tree/main/tests), and what
/// its cases 6 and 8 are: a credential with a textual `iat` and an address as issuer; with its signature damaged, case 12.
///
/// The signatures of 6 and 8 fit; what they say is refused by this profile, which wants numbers in `iat` and DIDs as
/// issuers, as [RFC 7519](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.6) and the trust list do.
#[test]
fn vc_jose_cose_cases() {
    let p256 = r#"{"kty":"EC","crv":"P-256","d":"J_a5KH6A2Ru7iOAzvUkQEjKCJQCdxUXVajaW3CaPORs"}"#;
    let p256 = Keypair::from_private_jwk(p256).unwrap();
    assert_eq!(p256.public().thumbprint(), "73voMXFNmNlOEpuYCSJlh8eN0dscykoO6gBukgRS1uU");
    let ed25519 = r#"{"kty":"OKP","crv":"Ed25519","d":"cbxP1TvbhLteRSspEvwxEuFKRDHWpGmPla8ePI0cmv8","x":"NvUhsjZe7Mdv8Esoc60o3ma1U5j2tFUTDsOQd39xMnI"}"#;
    let ed25519 = Keypair::from_private_jwk(ed25519).unwrap();
    assert_eq!(ed25519.public().thumbprint(), "2aOHaQxsWVT4mLsUkdtlCnUV-au0BBR-5yPYaPaCc5k");
    for key in [p256, ed25519] {
        let alg = key.public().algorithm().as_str();
        let header =
            json!({"alg": alg, "cty": "vc", "kid": key.public().thumbprint(), "typ": "vc+jwt"});
        let issuer = "https://example.issuer/vc-jose-cose";
        let credential = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiableCredential", "ExampleAlumniCredential"],
            "issuer": issuer,
            "iss": issuer,
            "iat": "2010-01-01T19:23:24Z",
            "credentialSubject": {"id": "did:example:123"},
        });
        let token = sign_text(&header.to_string(), &credential.to_string(), &key);
        let compact = Compact::parse(&token, Typ::Credential).unwrap();
        assert!(compact.is_signed_by(key.public()));
        assert_eq!(Credential::peek(&token).unwrap_err().code(), "claims.iat");
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let mut damaged = bytes(signature);
        damaged[40] ^= 1;
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(damaged));
        assert!(!Compact::parse(&token, Typ::Credential).unwrap().is_signed_by(key.public()));
    }
}
