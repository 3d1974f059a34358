"""What SPARQLWrapper, rdflib and pandas get of an endpoint with a bearer as the only setting.

Environment: ENDPOINT, TOKEN (empty for the public), QUERY (a SELECT). Prints one JSON object: for each client the rows
as lists of text, or what else it was asked for.
"""

import json
import os
import urllib.parse
import warnings

import pandas
import SPARQLWrapper
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore

# A client that gets another format than it asked for says so by a warning.
warnings.simplefilter("error", RuntimeWarning)

ENDPOINT = os.environ["ENDPOINT"]
QUERY = os.environ["QUERY"]
HEADERS = {"Authorization": "Bearer " + os.environ["TOKEN"]} if os.environ["TOKEN"] else {}
NAME = URIRef("https://schema.org/name")
NAMED = f"CONSTRUCT {{ ?s {NAME.n3()} ?n }} WHERE {{ ?s {NAME.n3()} ?n }}"
HAS_NAME = f"ASK {{ ?s {NAME.n3()} ?n }}"


def wrapper(query, form, method=SPARQLWrapper.GET, by=SPARQLWrapper.URLENCODED):
    client = SPARQLWrapper.SPARQLWrapper(ENDPOINT)
    for name, value in HEADERS.items():
        client.addCustomHttpHeader(name, value)
    client.setQuery(query)
    client.setReturnFormat(form)
    client.setMethod(method)
    client.setRequestMethod(by)
    return client.queryAndConvert()


def json_rows(results):
    columns = results["head"]["vars"]
    rows = results["results"]["bindings"]
    return [[row.get(column, {}).get("value", "") for column in columns] for row in rows]


def xml_rows(document):
    columns = [it.getAttribute("name") for it in document.getElementsByTagName("variable")]
    rows = []
    for result in document.getElementsByTagName("result"):
        row = dict.fromkeys(columns, "")
        for binding in result.getElementsByTagName("binding"):
            term = binding.firstChild
            row[binding.getAttribute("name")] = term.firstChild.data if term.firstChild else ""
        rows.append(list(row.values()))
    return rows


def csv_rows(source, **options):
    table = pandas.read_csv(source, dtype=str, keep_default_na=False, **options)
    return table.values.tolist()


def sparql_wrapper():
    direct = SPARQLWrapper.POSTDIRECTLY
    return {
        "SPARQLWrapper JSON": json_rows(wrapper(QUERY, SPARQLWrapper.JSON)),
        "SPARQLWrapper JSON by form": json_rows(
            wrapper(QUERY, SPARQLWrapper.JSON, SPARQLWrapper.POST)
        ),
        "SPARQLWrapper XML by body": xml_rows(
            wrapper(QUERY, SPARQLWrapper.XML, SPARQLWrapper.POST, direct)
        ),
    }


def sparql_wrapper_graphs():
    forms = [SPARQLWrapper.RDFXML, SPARQLWrapper.TURTLE, SPARQLWrapper.JSONLD]
    graphs = {}
    for form in forms:
        graph = wrapper(NAMED, form)
        if isinstance(graph, bytes):
            graph = Graph().parse(data=graph, format="turtle")
        graphs["SPARQLWrapper " + form] = len(graph)
    return graphs


def rdflib_store():
    graph = Graph(SPARQLStore(ENDPOINT, headers=HEADERS))
    rows = [["" if cell is None else str(cell) for cell in row] for row in graph.query(QUERY)]
    return {"rdflib": rows}, {
        "rdflib triples": len(list(graph.triples((None, NAME, None)))),
        "rdflib CONSTRUCT": len(graph.query(NAMED).graph),
    }


def main():
    rdflib_rows, rdflib_graphs = rdflib_store()
    address = ENDPOINT + "?" + urllib.parse.urlencode({"query": QUERY})
    text = {**HEADERS, "Accept": "text/csv"}
    rows = {**sparql_wrapper(), **rdflib_rows, "pandas": csv_rows(address, storage_options=text)}
    graphs = {**sparql_wrapper_graphs(), **rdflib_graphs}
    asked = wrapper(HAS_NAME, SPARQLWrapper.JSON)["boolean"]
    print(json.dumps({"rows": rows, "graphs": graphs, "ask": asked}))


main()
