//! How the terms of one namespace become constants.

/// Defines constants for the terms of one namespace, and `ALL`, the list of them.
macro_rules! namespace {
    ($(#[$doc:meta])* $name:ident = $iri:literal { $($(#[$term_doc:meta])* $term:ident = $local:literal;)* }) => {
        $(#[$doc])*
        pub mod $name {
            use oxrdf::NamedNodeRef;
            /// The namespace IRI.
            pub const NAMESPACE: &str = $iri;
            $($(#[$term_doc])* pub const $term: NamedNodeRef<'static> =
                NamedNodeRef::new_unchecked(concat!($iri, $local));)*
            /// Every constant of this module.
            pub const ALL: &[NamedNodeRef<'static>] = &[$($term),*];
        }
    };
}

pub(crate) use namespace;
