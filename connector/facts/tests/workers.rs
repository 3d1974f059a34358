//! Real worker processes against queries that mean harm.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use adit_facts::{
    Answer, Change, Graphs, Job, Limits, QueryError, QueryText, Scratch, Store, Who, Workers,
};
use adit_policy::Permit;
use adit_vocab::Tier;
use oxrdf::{Literal, NamedNode, Quad, Term};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

const AT: &str = "2026-03-01T12:00:00Z";

fn iri(text: &str) -> NamedNode {
    NamedNode::new(text).unwrap()
}

fn quads(count: i64) -> Vec<Quad> {
    let room = iri("https://a.example/room/part/as-built/public");
    let name = iri("https://schema.org/name");
    let quad =
        |n| Quad::new(iri(&format!("urn:x:{n}")), name.clone(), Literal::from(n), room.clone());
    (0..count).map(quad).collect()
}

fn store(count: i64) -> (TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    store.apply(1, &Change { add: quads(count), remove: vec![] }).unwrap();
    (directory, store)
}

fn limits() -> Limits {
    Limits { wall: Duration::from_secs(1), memory_bytes: 256 << 20, ..Limits::default() }
}

fn workers(count: usize, limits: Limits) -> Workers {
    let exe = PathBuf::from(env!("CARGO_BIN_EXE_facts-worker"));
    Workers::start(exe, vec![], count, limits).unwrap()
}

fn job(store: &Store, text: &str) -> Job {
    let text = QueryText::scan(text, None, &Limits::default()).unwrap();
    let permit = Permit::for_test([Tier::Public], None, false, vec![]);
    Job::local(store, &text, &permit, AT.parse().unwrap(), Graphs::default())
}

/// The number of rows or triples, or how it failed.
async fn outcome(workers: &Workers, job: Job) -> Result<usize, QueryError> {
    let mut count = 0;
    match workers.evaluate(job).await?.answer {
        Answer::Boolean(value) => count = usize::from(value),
        Answer::Solutions { mut rows, .. } => {
            while let Some(row) = rows.recv().await {
                row?;
                count += 1;
            }
        }
        Answer::Graph(mut triples) => {
            while let Some(triple) = triples.recv().await {
                triple?;
                count += 1;
            }
        }
    }
    Ok(count)
}

fn code(outcome: Result<usize, QueryError>) -> &'static str {
    match outcome {
        Err(QueryError::Refused(refusal)) => refusal.code(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn answers_every_kind_of_query() {
    let (_directory, store) = store(3000);
    let workers = workers(1, limits());
    let table = [
        ("SELECT * { ?s ?p ?o }", 3000),
        ("SELECT * { ?s ?p 77 }", 1),
        ("ASK { <urn:x:1> ?p 1 }", 1),
        ("ASK { <urn:x:1> ?p 2 }", 0),
        ("CONSTRUCT { ?o2 <urn:x:of> ?s } { ?s ?p ?o BIND(IRI(STR(?s)) AS ?o2) }", 3000),
        ("DESCRIBE <urn:x:5>", 1),
        ("SELECT * FROM <urn:x:nowhere> { ?s ?p ?o }", 0),
    ];
    for (text, count) in table {
        assert_eq!(outcome(&workers, job(&store, text)).await.unwrap(), count, "{text}");
    }
    let Answer::Solutions { variables, mut rows } =
        workers.evaluate(job(&store, "SELECT ?o { <urn:x:9> ?p ?o }")).await.unwrap().answer
    else {
        panic!("no rows");
    };
    assert_eq!(variables[0].as_str(), "o");
    assert_eq!(rows.recv().await.unwrap().unwrap(), [Some(Term::from(Literal::from(9)))]);
    assert!(rows.recv().await.is_none());
}

#[tokio::test]
async fn a_worker_follows_the_store_and_the_permit() {
    let (_directory, store) = store(10);
    let workers = workers(1, limits());
    let count = "SELECT * { ?s ?p ?o }";
    assert_eq!(outcome(&workers, job(&store, count)).await.unwrap(), 10);
    let hidden = iri("https://a.example/room/part/as-built/owner");
    let hidden = Quad::new(iri("urn:x:s"), iri("urn:x:p"), iri("urn:x:o"), hidden);
    let mut add = quads(12)[10..].to_vec();
    add.push(hidden);
    store.apply(2, &Change { add, remove: vec![] }).unwrap();
    assert_eq!(outcome(&workers, job(&store, count)).await.unwrap(), 12);
    let text = QueryText::scan(count, None, &Limits::default()).unwrap();
    let permit = Permit::for_test([Tier::Owner], None, true, vec![]);
    let default = vec![iri("https://a.example/room/part/as-built/owner")];
    let graphs = Graphs { default, named: vec![] };
    let at = AT.parse().unwrap();
    let job = Job::local(&store, &text, &permit, at, graphs.clone());
    assert_eq!(outcome(&workers, job).await.unwrap(), 1);
    let permit = Permit::for_test([Tier::Public], None, false, vec![]);
    let job = Job::local(&store, &text, &permit, at, graphs);
    assert_eq!(outcome(&workers, job).await.unwrap(), 0);
}

#[tokio::test]
async fn a_scratch_store_outlives_the_caller_until_its_query_ends() {
    let parent = tempfile::tempdir().unwrap();
    let workers = workers(1, limits());
    for round in 1..4 {
        let scratch = Scratch::new(parent.path(), quads(round * 100)).unwrap();
        let text = QueryText::scan("SELECT * { ?s ?p ?o }", None, &Limits::default()).unwrap();
        let job = Job::scratch(&scratch, &text, AT.parse().unwrap(), Graphs::default());
        drop(scratch);
        assert_eq!(outcome(&workers, job).await.unwrap(), 100 * round as usize);
    }
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
}

fn bomb() -> String {
    let doublings = (0..31).map(|n| format!("BIND(CONCAT(?v{n}, ?v{n}) AS ?v{})", n + 1));
    format!("SELECT ?v31 {{ BIND('xxxxxxxx' AS ?v0) {} }}", doublings.collect::<String>())
}

/// What is never done, with not much memory.
const SLOW: &str = "ASK { ?a ?p ?v . ?b ?q ?w . ?c ?r ?x . ?d ?s ?y . ?e ?t ?z FILTER(?v + ?w + ?x + ?y + ?z < 0) }";

#[tokio::test]
async fn hostile_queries_end_with_a_name_and_harm_nobody() {
    let (_directory, store) = store(3000);
    let hub =
        |quad: Quad| Quad { predicate: iri("urn:x:hub"), object: iri("urn:x:0").into(), ..quad };
    let add = quads(3000).into_iter().map(hub).collect();
    store.apply(2, &Change { add, remove: vec![] }).unwrap();
    // So few rows that even a busy machine sends more of them before the deadline.
    let workers = workers(2, Limits { rows: 10_000, ..limits() });
    let table = [
        ("SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }".to_owned(), "query.deadline"),
        ("SELECT * { ?a ?p ?b . ?c ?q ?d } ORDER BY ?b ?d".to_owned(), "query."),
        (bomb(), "query."),
        ("SELECT (COUNT(*) AS ?n) { ?a (((!<urn:x:q>|^<urn:x:hub>)*)*)* ?b }".to_owned(), "query."),
        ("SELECT (GROUP_CONCAT(?b) AS ?g) { ?a ?p ?b . ?c ?q ?d }".to_owned(), "query."),
        ("SELECT * { ?a ?p ?b . ?c ?q ?d }".to_owned(), "query.rows"),
    ];
    for (text, expected) in table {
        let (hostile, quiet) = tokio::join!(
            outcome(&workers, job(&store, &text)),
            outcome(&workers, job(&store, "ASK { <urn:x:1> ?p 1 }")),
        );
        assert_eq!(quiet.unwrap(), 1);
        let got = code(hostile);
        assert!(got.starts_with(expected), "{got} for {text:.60}");
    }
    // The reader slots of the killed are free again, and both workers answer.
    assert_eq!(store.clear_stale_readers().unwrap(), 0);
    for _ in 0..4 {
        assert_eq!(outcome(&workers, job(&store, "ASK { <urn:x:1> ?p 1 }")).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn names_each_limit_with_its_text() {
    let (_directory, store) = store(100);
    let tight = Limits { rows: 10, ..limits() };
    let rows = outcome(&workers(1, tight), job(&store, "SELECT * { ?s ?p ?o }")).await;
    let text = "the answer has more than 10 rows; add LIMIT or ask in parts";
    assert_eq!(rows.unwrap_err().to_string(), text);
    let tight = Limits { answer_bytes: 300, ..limits() };
    let bytes = outcome(&workers(1, tight), job(&store, "SELECT * { ?s ?p ?o }")).await;
    let text = "the answer has more than 300 bytes; select fewer columns or ask in parts";
    assert_eq!(bytes.unwrap_err().to_string(), text);
    let tight = Limits { wall: Duration::from_secs(15), memory_bytes: 100 << 20, ..limits() };
    let memory = outcome(&workers(1, tight), job(&store, &bomb())).await;
    let text = "the query needed more than 104 MB of memory and was stopped; bind more of it";
    assert_eq!(memory.unwrap_err().to_string(), text);
    let tight = Limits { wall: Duration::from_millis(300), ..limits() };
    let workers = workers(1, tight);
    let (first, second) =
        tokio::join!(outcome(&workers, job(&store, SLOW)), outcome(&workers, job(&store, SLOW)));
    let mut texts = [first, second].map(|outcome| outcome.unwrap_err().to_string());
    texts.sort();
    assert_eq!(
        texts,
        [
            "no worker came free within 300 ms; try again later",
            "the query was not done after 300 ms and was stopped; bind more of it or add LIMIT"
        ]
    );
}

#[tokio::test]
async fn processor_time_is_counted_for_each_query_by_itself() {
    let (_directory, store) = store(1000);
    let tight =
        Limits { processor: Duration::from_secs(1), wall: Duration::from_secs(60), ..limits() };
    let workers = workers(1, tight);
    let slow = outcome(&workers, job(&store, SLOW)).await.unwrap_err();
    let text = "the query was not done after 1000 ms of the processor and was stopped; bind more of it or add LIMIT";
    assert_eq!(slow.to_string(), text);
    // Together they take more than one may.
    for _ in 0..20 {
        let some = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d FILTER(?b < 100) }";
        assert_eq!(outcome(&workers, job(&store, some)).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn an_answer_tells_the_predicates_that_were_asked_for() {
    let (_directory, store) = store(1);
    let workers = workers(1, limits());
    for (text, expected) in [
        ("ASK { ?s <urn:x:p>/<urn:x:q>* ?o }", Some(vec!["urn:x:p", "urn:x:q"])),
        ("ASK { ?s <urn:x:p> ?o FILTER EXISTS { ?o ?any ?x } }", None),
        ("DESCRIBE <urn:x:0>", None),
    ] {
        let predicates = workers.evaluate(job(&store, text)).await.unwrap().predicates;
        let expected = expected.map(|all| all.into_iter().map(str::to_owned).collect());
        assert_eq!(predicates, expected, "{text}");
    }
}

/// Workers of a shell script that may end in becoming one.
fn scripted(script: &str, wall: Duration) -> Workers {
    let script = script.replace("WORKER", env!("CARGO_BIN_EXE_facts-worker"));
    let args = vec!["-c".to_owned(), script];
    Workers::start(PathBuf::from("/bin/sh"), args, 1, Limits { wall, ..limits() }).unwrap()
}

/// Workers that note their process ids, one a line.
fn noted(file: &std::path::Path) -> Workers {
    let script = format!("echo $$ >> {}; exec WORKER", file.display());
    scripted(&script, Duration::from_secs(3))
}

/// The process id of a worker, by the order in which they were started.
async fn nth(file: &std::path::Path, number: usize) -> String {
    loop {
        let ids = std::fs::read_to_string(file).unwrap_or_default();
        if let (true, Some(id)) = (ids.ends_with('\n'), ids.lines().nth(number)) {
            return id.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn signal(signal: &str, process: &str) {
    let sent = tokio::process::Command::new("kill").args([signal, process]).status().await;
    assert!(sent.unwrap().success());
}

#[tokio::test]
async fn a_worker_that_is_killed_by_hand_is_one_callers_refusal() {
    let (directory, store) = store(1000);
    let ids = directory.path().join("ids");
    let workers = noted(&ids);
    // An idle one is nobody's refusal.
    assert_eq!(outcome(&workers, job(&store, "ASK { ?s ?p 1 }")).await.unwrap(), 1);
    signal("-KILL", &nth(&ids, 0).await).await;
    assert_eq!(outcome(&workers, job(&store, "ASK { ?s ?p 1 }")).await.unwrap(), 1);
    let kill = async {
        let busy = nth(&ids, 1).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        signal("-KILL", &busy).await;
    };
    let (killed, ()) = tokio::join!(outcome(&workers, job(&store, SLOW)), kill);
    let text = "the process that evaluated the query ended (signal 9); simplify the query";
    assert_eq!(killed.unwrap_err().to_string(), text);
    assert_eq!(outcome(&workers, job(&store, "ASK { ?s ?p 1 }")).await.unwrap(), 1);
}

#[tokio::test]
async fn a_worker_that_stands_still_is_killed_at_the_deadline() {
    let (directory, store) = store(10);
    let ids = directory.path().join("ids");
    let workers = noted(&ids);
    assert_eq!(outcome(&workers, job(&store, "ASK { ?s ?p 1 }")).await.unwrap(), 1);
    let stopped = nth(&ids, 0).await;
    signal("-STOP", &stopped).await;
    // A signal is on its way until each thread has got it.
    let threads = || {
        let tasks = std::fs::read_dir(format!("/proc/{stopped}/task")).into_iter().flatten();
        let stat = |path: PathBuf| std::fs::read_to_string(path.join("stat")).unwrap_or_default();
        tasks.flatten().map(|task| stat(task.path())).collect::<Vec<_>>()
    };
    while !threads().iter().all(|thread| thread.contains(") T ")) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(code(outcome(&workers, job(&store, "ASK { ?s ?p 1 }")).await), "query.deadline");
    assert_eq!(outcome(&workers, job(&store, "ASK { ?s ?p 1 }")).await.unwrap(), 1);
    assert_eq!(threads(), [""; 0]);
}

#[tokio::test]
async fn what_is_no_worker_is_refused_in_time() {
    let (_directory, store) = store(10);
    // As long as a pipe holds, so that the order waits for a reader.
    let long = format!("ASK {{ ?s ?p ?o }} # {}", "x".repeat(65_000));
    for (script, told) in [
        ("exec sleep 60", "the query was not done after 1000 ms and was stopped"),
        (
            "head -c 1000000 /dev/zero >&2; exit 3",
            "5 of them took no query; of the last: the process that evaluated the query ended (exit code 3)",
        ),
        ("exec yes", "ended (it answered what cannot be read)"),
    ] {
        let workers = scripted(script, Duration::from_secs(1));
        let got = outcome(&workers, job(&store, &long)).await.unwrap_err().to_string();
        assert!(got.contains(told), "{script}: {got}");
    }
}

#[tokio::test]
async fn half_an_answer_never_passes_for_the_whole() {
    let (_directory, store) = store(10);
    // A worker that reads of the order, says that it took it, names one column, and then says not what it should.
    let long = format!("SELECT ?s {{}} # {}", "x".repeat(1000));
    let begun =
        r"head -c 600 > /dev/null; printf '\001\000\000\000\000\004\000\000\000\002\001\001s";
    for (script, told) in [
        (r"\144\000\000\000\003'; kill -9 $$", "ended (signal 9)"),
        (r"\144\000\000\000\003'; exec sleep 60", "was not done after 1000 ms"),
        (r"'", "ended (exit code 0)"),
        // Triples, and a second head.
        (r"\002\000\000\000\006\000'; exec sleep 60", "it answered what cannot be read"),
        (r"\002\000\000\000\004\001'; exec sleep 60", "it answered what cannot be read"),
    ] {
        let workers = scripted(&format!("{begun}{script}"), Duration::from_secs(1));
        let answer = workers.evaluate(job(&store, &long)).await.unwrap().answer;
        let Answer::Solutions { mut rows, .. } = answer else { panic!("{script}") };
        let last = rows.recv().await.unwrap_or_else(|| panic!("{script} looks whole"));
        assert!(last.as_ref().unwrap_err().to_string().contains(told), "{script}: {last:?}");
        assert!(rows.recv().await.is_none());
    }
}

#[tokio::test]
async fn a_worker_that_cannot_be_started_is_our_fault_until_one_can() {
    let (directory, store) = store(10);
    let exe = directory.path().join("worker");
    let link = || std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_facts-worker"), &exe).unwrap();
    link();
    let limits = Limits { queries_per_worker: 1, ..limits() };
    let workers = Workers::start(exe.clone(), vec![], 1, limits).unwrap();
    std::fs::remove_file(&exe).unwrap();
    let ask = || outcome(&workers, job(&store, "ASK { ?s ?p 1 }"));
    assert_eq!(ask().await.unwrap(), 1, "the one that was started before");
    let fault = ask().await.unwrap_err().to_string();
    assert!(fault.contains("worker cannot be started: No such file"), "{fault}");
    link();
    assert_eq!([ask().await.unwrap(), ask().await.unwrap()], [1, 1]);
}

#[tokio::test]
async fn a_worker_is_replaced_after_its_share_of_queries() {
    let (_directory, store) = store(10);
    let workers = workers(1, Limits { queries_per_worker: 2, ..limits() });
    for _ in 0..5 {
        assert_eq!(outcome(&workers, job(&store, "ASK { ?s ?p 1 }")).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_caller_who_goes_away_frees_the_worker() {
    let (_directory, store) = store(3000);
    let workers = workers(1, limits());
    let answer = workers.evaluate(job(&store, "SELECT * { ?a ?p ?b . ?c ?q ?d }")).await.unwrap();
    drop(answer);
    assert_eq!(outcome(&workers, job(&store, "ASK { ?s ?p 1 }")).await.unwrap(), 1);
    // One who goes before there is a row, long before the deadline.
    let minute = Duration::from_secs(60);
    let workers = self::workers(1, Limits { wall: minute, processor: minute, ..limits() });
    let slow = workers.evaluate(job(&store, SLOW));
    assert!(tokio::time::timeout(Duration::from_millis(300), slow).await.is_err());
    let next = outcome(&workers, job(&store, "ASK { ?s ?p 1 }"));
    assert_eq!(tokio::time::timeout(minute / 3, next).await.unwrap().unwrap(), 1);
}

#[tokio::test]
async fn strangers_never_have_the_last_worker() {
    let (_directory, store) = store(3000);
    let minute = Duration::from_secs(60);
    let workers = self::workers(2, Limits { wall: minute, processor: minute, ..limits() });
    let stranger = || {
        let (workers, job) = (workers.clone(), job(&store, SLOW));
        tokio::spawn(async move { workers.evaluate_for(Who::Stranger, job).await.map(drop) })
    };
    let strangers = [stranger(), stranger(), stranger()];
    tokio::time::sleep(Duration::from_millis(300)).await;
    let known = outcome(&workers, job(&store, "ASK { ?s ?p 1 }"));
    assert_eq!(tokio::time::timeout(minute / 3, known).await.unwrap().unwrap(), 1);
    assert!(strangers.iter().all(|it| !it.is_finished()), "all of them still want a worker");
    strangers.iter().for_each(tokio::task::JoinHandle::abort);
}

#[test]
fn a_worker_dies_when_its_server_goes() {
    use std::process::{Command, Stdio};
    let mut worker = Command::new(env!("CARGO_BIN_EXE_facts-worker"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    drop(worker.stdin.take());
    assert!(worker.wait().unwrap().success());
}

#[tokio::test]
async fn an_executable_that_is_no_worker_is_our_fault() {
    let missing = PathBuf::from("/nonexistent/worker");
    let Err(fault) = Workers::start(missing, vec![], 1, limits()) else { panic!("started") };
    assert!(
        fault
            .to_string()
            .starts_with("the query workers failed: /nonexistent/worker cannot be started")
    );
}
