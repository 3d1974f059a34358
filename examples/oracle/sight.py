"""Who may see what: the rules of tiers, audiences and purposes, applied without Adit's code."""

import re
import tomllib
from collections import defaultdict
from pathlib import Path

from .files import Company, read_csv, settings
from .states import STATES

VOCABULARY = Path(__file__).resolve().parents[2] / "vocab"
FOUR, JOINED = ("mill", "shop", "oem", "mine"), ("wire", "battery", "recycler")

PARTNER_PURPOSES = [f"adit:purpose-{name}" for name in ("recall", "warranty", "maintenance", "repair")]
INTEREST_PURPOSES = [f"adit:purpose-{name}" for name in ("repair", "dismantling", "recycling", "secondLife",
                                                          "energyMarket")]
# caller -> (folder in which it asks, purpose, whether it shows credentials)
CALLERS = {
    "oem": ("oem", "adit:purpose-recall", True),
    "oem-repair": ("oem", "adit:purpose-repair", True),
    "mine": ("mine", "adit:purpose-maintenance", True),
    "shop": ("shop", "adit:purpose-warranty", True),
    "recycler": ("recycler", "adit:purpose-dismantling", True),
    "recycler-warranty": ("recycler", "adit:purpose-warranty", True),
    "public": ("researcher", None, False),
    "researcher": ("researcher", "dpv:AcademicResearch", True),
    "wrong-purpose": ("oem", "dpv:ImproveExistingProductsAndServices", True),
}


class Circle:
    """The companies that take part, and who vouches for whom."""

    def __init__(self, data: Path, joined=True, fifth=False, late=False):
        self.data = data
        self.plan = tomllib.loads((data / "demo.toml").read_text())
        self.companies = {}
        for name in FOUR + (JOINED if joined else ()):
            told = settings(data / name)
            self.companies[name] = Company(data / name, told["did"], told["time_zone"], told["identifiers"],
                                           told["base"])
        self.partners = {frozenset((it["from"], it["to"])) for it in self.plan["invitation"]}
        if fifth:
            # The workshop has no settings until somebody runs `adit init` there.
            self.companies["fifth"] = Company(data / "fifth", "did:web:louhikoski.example", "Europe/Helsinki", {})
            self.partners.add(frozenset(("oem", "fifth")))
        self.companies["shop"].late = late
        by_did = {company.did: company for company in self.companies.values()}
        for name, company in self.companies.items():
            STATES[name](company, by_did)
        self.audiences = {name: audience(company) for name, company in self.companies.items()}

    def trusts(self, name: str, kind: str, issuer: str) -> bool:
        """Whether a company believes an issuer, a folder here, about a type of credential."""
        dids = {it["folder"]: it["did"] for it in self.plan["company"]}
        trusting = next((it for it in self.plan["company"] if it["folder"] == name), {})
        return trusting.get("trusts", {}).get(kind) == dids[issuer]

    def opens(self, name: str, caller: str) -> set:
        """The tiers that a company opens to a caller."""
        folder, purpose, shows = CALLERS[caller]
        open_tiers = {"public"}
        if not shows:
            return open_tiers
        if name == folder:
            return {"public", "partner", "legitimateInterest", "authority", "research", "owner"}
        held = [(it["type"], it["issuer"]) for it in self.plan["credential"] if it["holder"] == folder]
        believed = {kind for kind, issuer in held if self.trusts(name, kind, issuer)}
        if frozenset((name, folder)) in self.partners and any(is_a(purpose, wide) for wide in PARTNER_PURPOSES):
            open_tiers.add("partner")
        if "ResearcherCredential" in believed and is_a(purpose, "dpv:ResearchAndDevelopment"):
            open_tiers.add("research")
        offers = (self.companies[name].folder / "policies" / "legitimate-interest.json").exists()
        if offers and "LegitimateInterestCredential" in believed and any(is_a(purpose, it) for it in INTEREST_PURPOSES):
            open_tiers.add("legitimateInterest")
        return open_tiers

    def visible(self, caller: str) -> set:
        """What all companies together show that the asker can reach."""
        folder, by_did = CALLERS[caller][0], {company.did: name for name, company in self.companies.items()}
        reached, waiting, seen = set(), self.known(folder), set()
        while waiting:
            name = waiting.pop()
            reached.add(name)
            shown = self.shown_by(name, caller)
            # Who holds the facts about a thing, or received it, is looked for too.
            named = {value for _, predicate, value in shown if predicate in ("adit:factsHeldBy", "adit:deliveredTo")}
            waiting |= {by_did[did] for did in named if did in by_did} - reached
            seen |= shown
        return seen

    def known(self, folder: str) -> set:
        """The companies in the asker's list and those that it met by invitation."""
        listed = {row["did"] for row in read_csv(self.data / folder / "partners.csv")}
        met = {name for pair in self.partners if folder in pair for name in pair} | {folder}
        return {name for name, company in self.companies.items() if name in met or company.did in listed}

    def shown_by(self, name: str, caller: str) -> set:
        folder, _, shows = CALLERS[caller]
        company, open_tiers, open_to = self.companies[name], self.opens(name, caller), self.audiences[name]
        did = self.companies[folder].did if shows and folder in self.companies else None
        seen = set()
        for subject, predicate, value, group in company.facts:
            tier = tier_of(predicate, group)
            if tier not in open_tiers:
                continue
            if tier == "partner" and "owner" not in open_tiers:
                if did not in open_to[subject] or (predicate == "adit:deliveredTo" and value != did):
                    continue
            seen.add((subject, predicate, value))
        return seen


def turtle(path: Path, predicate: str) -> dict[str, str]:
    """subject -> object of one predicate in Turtle that keeps one form throughout."""
    found = {}
    for statement in re.split(r"\s\.\s*\n", path.read_text()):
        lines = [line for line in statement.splitlines() if line.strip() and not line.startswith(("#", "@prefix"))]
        told = re.search(rf"{predicate} ([\w:-]+)", " ".join(lines))
        if told:
            found[lines[0].split()[0]] = told.group(1)
    return found


def profiles() -> dict[str | None, dict[str, str]]:
    """Product group, or none for what holds in every group -> predicate -> tier."""
    found = {}
    for path in sorted((VOCABULARY / "profiles").glob("*.ttl")):
        text = path.read_text()
        group = re.search(r'adit:profileOf "([\w-]+)"', text)
        found[group and group.group(1)] = dict(re.findall(r"sh:path ([\w:-]+) ; adit:tier adit:tier-(\w+)", text))
    return found


TIERS = {name: tier.removeprefix("adit:tier-") for name, tier in
         turtle(VOCABULARY / "adit.ttl", "adit:defaultTier").items()}
PROFILES, BROADER = profiles(), turtle(VOCABULARY / "adit.ttl", "skos:broader")


def tier_of(predicate: str, group: str) -> str:
    """That of the group's profile, else of the common one, else the vocabulary's; what nobody knows is the owner's."""
    for profile in (PROFILES.get(group, {}), PROFILES[None], TIERS):
        if predicate in profile:
            return profile[predicate]
    return "owner"


def is_a(purpose: str | None, wider: str) -> bool:
    while purpose is not None and purpose != wider:
        purpose = BROADER.get(purpose)
    return purpose == wider


# A record is about its object: what may be seen of the object leads to the record.
_ABOUT = {"adit:installedIn", "adit:placedItem", "eudpp:inContextOfProduct", "adit:operatingRecordOf"}
# These name organisations or classes, and open nothing.
_CLOSED = {"adit:deliveredTo", "adit:sharedWith", "schema:manufacturer", "eudpp:hasActor", "adit:factsHeldBy",
           "rdf:type"}


def audience(company: Company) -> dict[str, set]:
    """subject -> organisations that its partner facts are open to."""
    open_to, related = defaultdict(set), defaultdict(set)
    for subject, predicate, value, group in company.facts:
        if predicate in ("adit:deliveredTo", "adit:sharedWith"):
            if value != company.did:
                open_to[subject].add(value)
        elif predicate in _ABOUT:
            related[value].add(subject)
        elif predicate not in _CLOSED and tier_of(predicate, group) in ("public", "partner"):
            related[subject].add(value)
    waiting = list(open_to)
    while waiting:
        thing = waiting.pop()
        for other in related[thing]:
            if not open_to[thing] <= open_to[other]:
                open_to[other] |= open_to[thing]
                waiting.append(other)
    return open_to
