"""Speed, load rate and memory, each against a published peer in the same run.

Run by `make bench`. Figures are ratios of two sides measured in turn on one machine: processor time
where one side could be favoured by load, requests a second where both sides wait. Each line says what
was measured, the ratio, and the bar it is held to.
"""

import json
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", Path.home() / ".cache/adit/target"))
ADIT = TARGET / "release/adit"
OXIGRAPH = Path(sys.executable).parent / "oxigraph"
SCHEMA = "https://schema.org/"
NS = "https://w3id.org/adit/ns#"
ITEMS_PER_MACHINE = 1 + 10 + 100 + 1000


def main():
    print(f"adit: machine load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    build()
    missed = []
    with tempfile.TemporaryDirectory(prefix="adit-bench-") as folder:
        folder = Path(folder)
        data = folder / "company/items.nq"
        data.parent.mkdir()
        quads = write_items(data, machines=100)
        missed += queries()
        missed += verification()
        missed += loading(folder, data, quads)
        missed += describing(folder, data)
        missed += memory(folder)
    print(f"\nadit: machine load {os.getloadavg()[0]:.1f}")
    print("adit: every bar is met" if not missed else "adit: bars missed: " + ", ".join(missed))


def build():
    print("adit: building the release")
    subprocess.run(["cargo", "build", "--release", "--quiet", "--locked", "--package", "adit"], cwd=ROOT, check=True)


def bar(name, ratio, limit, higher_is_better):
    met = ratio >= limit if higher_is_better else ratio <= limit
    sign = ">=" if higher_is_better else "<="
    print(f"  {name}: {ratio:.2f} (bar {sign} {limit}) {'met' if met else 'MISSED'}")
    return [] if met else [name]


def queries():
    """The ten queries over 1 M quads, ours on disk against Oxigraph's union in memory."""
    print("\nadit: ten queries on 1.1 M quads, processor time, ours on disk against Oxigraph in memory")
    command = ["cargo", "bench", "--quiet", "--locked", "--package", "adit-facts", "--bench", "ten_queries"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    print(output)
    row = r"^(q\d+ .*?)\s+[\d.]+\s+[\d.]+\s+([\d.]+)\s+[\d.]+\s+([\d.]+)$"
    rows = re.findall(row, output, re.MULTILINE)
    if len(rows) != 10:
        raise SystemExit(f"expected ten queries, found {len(rows)}")
    missed = []
    for name, everything, most in rows:
        missed += bar(f"{name}, everything visible", float(everything), 1.25, False)
        missed += bar(f"{name}, two thirds visible", float(most), 1.25, False)
    return missed


def verification():
    """Signatures through the gate on one processor, against ring's bare check."""
    print("\nadit: ES256 signatures through the token gate on one processor, against ring alone")
    command = ["cargo", "bench", "--quiet", "--locked", "--package", "adit-credentials", "--bench", "verification"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    print(output)

    def figure(name):
        return float(re.search(rf"^{re.escape(name)}\s+([\d.]+)", output, re.MULTILINE)[1])

    missed = bar("checks a second, uncached", figure("ES256 checks through the gate, uncached"), 10_000, True)
    missed += bar("of ring's bare rate", figure("of the bare rate"), 0.5, True)
    missed += bar("checks for a warm bearer", figure("checks for a bearer"), 0, False)
    return missed


def write_items(path, machines):
    """Machines of ten modules of ten assemblies of ten parts, ten facts about each."""
    chance = random.Random(7)
    quads = 0
    with open(path, "w", encoding="utf-8") as out:
        for number in range(machines * ITEMS_PER_MACHINE):
            item = f"https://id.bench.example/p/{number:06}"
            facts = [
                ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", f"<{SCHEMA}IndividualProduct>"),
                (SCHEMA + "name", f'"item {number}"'),
                (SCHEMA + "serialNumber", f'"{number:08}"'),
                (SCHEMA + "model", f"<https://id.bench.example/m/{chance.randrange(300)}>"),
                (SCHEMA + "manufacturer", f"<did:web:maker{chance.randrange(200)}.example>"),
                (SCHEMA + "mpn", f'"{chance.randrange(300):05}"'),
                (SCHEMA + "productionDate", f'"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'),
                (NS + "fromBatch", f"<https://id.bench.example/b/{chance.randrange(5000):05}>"),
                (NS + "grade", f'"{chance.choice(["S355J2", "34CrNiMo6", "42CrMo4"])}"'),
                (NS + "operatingHours", f'"{chance.randrange(100000) / 100}"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
            ]
            for predicate, value in facts:
                out.write(f"<{item}> <{predicate}> {value} .\n")
            quads += len(facts)
    return quads


def processor_seconds(command, **options):
    """User and system time of a command and its children, and the time on the wall."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return used, time.monotonic() - started


def loading(folder, data, quads):
    """The same file, published with journal and checks, against Oxigraph's bulk load."""
    print(f"\nadit: loading {quads:,} facts from one file, processor time (time on the wall), three rounds in turn")
    company, theirs_at = data.parent, folder / "oxigraph"
    init = [ADIT, "-C", company, "init", "--did", "did:web:bench.example", "--name", "Bench"]
    subprocess.run(init, check=True, stdout=subprocess.DEVNULL)
    ratios = []
    for _ in range(3):
        shutil.rmtree(company / ".adit", ignore_errors=True)
        shutil.rmtree(theirs_at, ignore_errors=True)
        ours, ours_wall = processor_seconds([ADIT, "-C", company, "publish"])
        theirs, theirs_wall = processor_seconds([OXIGRAPH, "load", "--location", theirs_at, "--file", data])
        print(f"  adit publish {ours:.1f} s ({ours_wall:.1f} s), oxigraph load {theirs:.1f} s ({theirs_wall:.1f} s)")
        ratios.append(theirs / ours)
    return bar("load rate, ours to theirs", statistics.median(ratios), 1.0, True)


def serve(company):
    """A connector that answers, and its address."""
    # What is measured is how fast one caller is answered, not how many requests of one are let in.
    unlimited = [f"--set=limits.{name}=1000000" for name in ("requests", "burst", "connections")]
    command = [ADIT, "-C", company, *unlimited, "serve", "--listen", "127.0.0.1:0"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    address = company / ".adit/address"
    for _ in range(200):
        if address.exists():
            break
        time.sleep(0.05)
    url = f"http://{address.read_text()}"
    wait_for(url + "/readyz")
    return server, url


def wait_for(url):
    for _ in range(200):
        try:
            return urllib.request.urlopen(url, timeout=1).read()
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{url} does not answer")


SCRIPT = """
local n = 0
request = function()
  n = n + 1
  local item = string.format("%06d", (n * 7919) % 100000)
  return wrk.format("GET", PATH(item), HEADERS)
end
"""


def requests_a_second(folder, name, url, path, headers):
    script = folder / f"{name}.lua"
    table = ", ".join(f'["{key}"] = "{value}"' for key, value in headers.items())
    script.write_text(f"local HEADERS = {{ {table} }}\nlocal PATH = function(item) return {path} end\n{SCRIPT}")
    command = ["wrk", "--threads", "1", "--connections", "64", "--duration", "5s", "--script", script, url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    if failed:
        raise SystemExit(f"{name}: {failed.group(1)} requests failed\n{output}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))


def describing(folder, data):
    """One item's description under policy with a warm session, against a server without policy."""
    print("\nadit: one item's description over HTTP, requests a second, 64 connections, three rounds in turn")
    company = data.parent
    servers = []
    try:
        server, ours = serve(company)
        servers.append(server)
        port = 20000 + os.getpid() % 20000
        theirs = f"http://127.0.0.1:{port}"
        stock = [OXIGRAPH, "serve-read-only", "--location", folder / "oxigraph", "--bind", f"127.0.0.1:{port}"]
        servers.append(subprocess.Popen(stock, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        wait_for(theirs + "/")
        token = subprocess.run([ADIT, "-C", company, "token"], check=True, capture_output=True, text=True).stdout.strip()
        describe = urllib.parse.quote("DESCRIBE <https://id.bench.example/p/", safe="")
        rounds = []
        for _ in range(3):
            rounds.append((
                requests_a_second(folder, "ours", ours, '"/p/" .. item', {"Accept": "application/n-triples", "Authorization": f"Bearer {token}"}),
                requests_a_second(folder, "theirs", theirs, f'"/query?query={describe}" .. item .. "%3E"', {"Accept": "application/n-triples"}),
            ))
        for one, other in rounds:
            print(f"  adit {one:.0f}/s, oxigraph serve-read-only {other:.0f}/s")
        return bar("requests, ours to theirs", statistics.median(one / other for one, other in rounds), 0.7, True)
    finally:
        for server in servers:
            server.terminate()
            server.wait()


def memory(folder):
    """Proportional set size of a connector and its children after 100 queries."""
    print("\nadit: memory of a connector at rest after 100 queries")
    company = folder / "mill"
    shutil.copytree(ROOT / "examples/mill", company)
    run = lambda *arguments: subprocess.run([ADIT, "-C", company, *arguments], check=True, capture_output=True, text=True)
    run("init")
    run("publish")
    server, url = serve(company)
    try:
        query = urllib.parse.quote("SELECT ?s ?n { ?s <https://schema.org/name> ?n } ORDER BY ?n LIMIT 20")
        for _ in range(100):
            urllib.request.urlopen(f"{url}/sparql?query={query}").read()
        time.sleep(1)
        kilobytes = sum(pss(process) for process in family(server.pid))
        return bar("memory in MB", kilobytes / 1000, 80, False)
    finally:
        server.terminate()
        server.wait()


def family(process):
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    tasks = Path(f"/proc/{process}/task").iterdir()
    children = {child for task in tasks for child in (task / "children").read_text().split()} | set(children)
    return [process] + [member for child in children for member in family(int(child))]


def pss(process):
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE).group(1)) * 1024 / 1000


if __name__ == "__main__":
    main()
