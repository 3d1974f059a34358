"""What pyshacl finds in files of facts, for comparison with what the connector finds.

Usage: agree.py RULES BACKGROUND FACTS..., all N-Triples. For each file of facts one line of JSON comes out: the seconds
it took and the findings, each [shape, focus, path, value] as N-Triples write them, sorted. RULES are the shapes and
profiles in one graph, BACKGROUND the vocabulary that both engines put beside the facts. Beside FACTS.nt may lie
FACTS.targets, N-Triples that say which items the shape of a product group is about.
"""

import json
import logging
import sys
import time
from pathlib import Path

import pyshacl
import rdflib
from pyshacl.constraints.constraint_component import ConstraintComponent
from pyshacl.helper.sparql_query_helper import SPARQLQueryHelper
from rdflib.namespace import SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.processor import SPARQLProcessor

# That a literal is no date is a finding, not a warning.
logging.getLogger("rdflib").setLevel(logging.CRITICAL)

PREPARED = {}
query = SPARQLProcessor.query


def query_prepared(self, text, initBindings=None, initNs=None, base=None, DEBUG=False):
    """A shape's query is asked once for each focus node; parsing it each time would take most of the time."""
    if text not in PREPARED:
        PREPARED[text] = prepareQuery(text)
    return query(self, PREPARED[text], initBindings or {}, initNs or {}, base, DEBUG)


SPARQLProcessor.query = query_prepared

CHECKED = set()
check_invalid_sparql = SPARQLQueryHelper.check_invalid_sparql


def checked_once(self, text, valuenode=None, extravars=None):
    """Whether a query keeps to the form that SHACL asks for depends on its text alone."""
    if text not in CHECKED:
        check_invalid_sparql(self, text, valuenode=valuenode, extravars=extravars)
        CHECKED.add(text)
    return True


SPARQLQueryHelper.check_invalid_sparql = checked_once


def result_in_short(self, datagraph, focus_node, value_node=None, result_path=None, **others):
    """Of a result only what is compared; in words, and with copies of nodes, it would take most of the time."""
    result, path = rdflib.BNode(), result_path
    if path is None and self.shape.is_property_shape:
        path = self.shape.path()
    if isinstance(path, rdflib.BNode):
        path = None  # a path that is not one predicate has no name to compare
    said = [(SH.sourceShape, self.shape.node), (SH.focusNode, focus_node), (SH.resultPath, path), (SH.value, value_node)]
    triples = [(result, predicate, term) for predicate, term in said if term is not None]
    return "", result, [(result, rdflib.RDF.type, SH.ValidationResult), *triples]


ConstraintComponent.make_v_result = result_in_short


def read(path):
    # A literal stays as it was written; pyshacl switches this on at the end of each run.
    rdflib.NORMALIZE_LITERALS = False
    return rdflib.Graph().parse(path, format="nt")


def findings(rules, background, path):
    facts = read(path)
    for triple in background:
        facts.add(triple)
    targets = Path(path).with_suffix(".targets")
    shapes = rules + read(targets) if targets.exists() else rules
    _, report, _ = pyshacl.validate(facts, shacl_graph=shapes, inference="none", meta_shacl=False)
    found = set()
    for result in report.subjects(rdflib.RDF.type, SH.ValidationResult):
        terms = [report.value(result, it) for it in (SH.sourceShape, SH.focusNode, SH.resultPath, SH.value)]
        found.add(tuple("" if term is None else term.n3() for term in terms))
    return sorted(found)


def main():
    rules, background, *files = sys.argv[1:]
    rules, background = read(rules), read(background)
    for path in files:
        started = time.monotonic()
        found = findings(rules, background, path)
        print(json.dumps({"file": path, "seconds": round(time.monotonic() - started, 2), "findings": found}), flush=True)


main()
