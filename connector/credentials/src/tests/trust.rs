use super::*;

#[test]
fn trust_lists_that_are_not_read() {
    let refuse = |text: &str| TrustList::read(text).unwrap_err().to_string();
    let entry = "[[issuer]]\ndid = \"did:web:a.example\"\n";
    assert_eq!(
        refuse(&format!("{entry}types = [\"FriendCredential\"]")),
        format!(
            "the trust list gives did:web:a.example the type 'FriendCredential'; known are {}",
            known_types()
        )
    );
    assert!(
        refuse(&format!("{entry}types = []"))
            .starts_with("the trust list gives did:web:a.example no type")
    );
    let twice = format!("{entry}types = [\"PartnerCredential\"]\n").repeat(2);
    assert_eq!(
        refuse(&twice),
        "the trust list names did:web:a.example twice; put all its types in one entry"
    );
    assert!(refuse(&format!("{entry}types = []\nuntill = 1")).contains("unknown field `untill`"));
    let dated = |from: &str, until: &str| {
        refuse(&format!("{entry}types = [\"PartnerCredential\"]\nfrom = {from}\nuntil = {until}"))
    };
    let ends_first = dated("\"2027-01-01T00:00:00Z\"", "\"2026-01-01T00:00:00Z\"");
    assert_eq!(
        ends_first,
        "the trust list gives did:web:a.example an entry that ends before it begins; end it later"
    );
    assert!(dated("2026-01-01", "2027-01-01").contains("such as \"2027-12-31T00:00:00Z\""));
    assert!(refuse(r#"{"issuer": [{"did": "a", "types": []}]}"#).contains("'a' is not a DID"));
}

#[test]
fn a_trust_list_is_changed_and_written_for_people() {
    let mut list = TrustList::read(
        r#"{"issuer": [{"did": "did:web:a.example", "types": ["adit:PartnerCredential"]}]}"#,
    )
    .unwrap();
    let a = did("did:web:a.example");
    list.add(&a, ["AuditorCredential"], Some("audits us".into())).unwrap();
    assert_eq!(
        list.to_text(),
        "# Which issuer may issue which type of credential.\n\n[[issuer]]\ndid = \"did:web:a.example\"\ntypes = [\"PartnerCredential\", \"AuditorCredential\"]\nnote = \"audits us\"\n"
    );
    assert!(list.remove(&a));
    assert!(!list.remove(&a));
    assert_eq!(TrustList::read(&list.to_text()).unwrap(), TrustList::default());
}
