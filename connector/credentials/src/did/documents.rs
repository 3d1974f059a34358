//! The documents at hand for one verification.

use super::{DidDocument, Method, method_of};
use crate::Refusal;
use adit_vocab::Did;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The DID documents at hand for one verification.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    documents: BTreeMap<Did, DidDocument>,
}

impl Documents {
    /// Adds a document; a newer one of the same DID replaces the older.
    pub fn add(&mut self, document: DidDocument) {
        self.documents.insert(document.did().clone(), document);
    }

    /// Step 7: the document of a DID, at hand or spelled by the DID itself.
    pub(crate) fn resolve(&self, did: &Did) -> Result<Cow<'_, DidDocument>, Refusal> {
        match method_of(did)? {
            Method::Spelled(key) => Ok(Cow::Owned(DidDocument::spelled(did, key))),
            Method::Elsewhere => {
                let document = self.documents.get(did).map(Cow::Borrowed);
                document.ok_or_else(|| Refusal::Unresolved { did: did.clone() })
            }
        }
    }
}

impl FromIterator<DidDocument> for Documents {
    fn from_iter<T: IntoIterator<Item = DidDocument>>(documents: T) -> Self {
        let mut all = Self::default();
        for document in documents {
            all.add(document);
        }
        all
    }
}
