//! The policies that a new company starts with.

/// Policies to start from, each a file name and its text. They say what a cautious company wants: the public tier for
/// everybody, the rest for those with a credential and a reason.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("owner.json", include_str!("../../../policies/owner.json")),
    ("public.json", include_str!("../../../policies/public.json")),
    ("partner.json", include_str!("../../../policies/partner.json")),
    ("research.json", include_str!("../../../policies/research.json")),
    ("no-commercial-research.json", include_str!("../../../policies/no-commercial-research.json")),
    ("ask-partners.json", include_str!("../../../policies/ask-partners.json")),
    ("ask-research.json", include_str!("../../../policies/ask-research.json")),
];

/// The policy that a client without facts starts with: whoever types a question decides whom it may reach.
pub const CLIENT_TEMPLATES: &[(&str, &str)] =
    &[("ask-anybody.json", include_str!("../../../policies/ask-anybody.json"))];
