//! The door: every connection from outside comes through here, before the HTTP library sees a byte of it.
//!
//! It counts open connections per network and in all, sets a time for the head and the body of a request and for an
//! answer that nobody reads, and refuses heads that [`framing`](super::framing) does not read. A refusal takes the way
//! of every other answer: the door hands the library a request of its own that names the reason, and the [gate] answers
//! it as a problem and writes it down.

use super::framing::{ADDRESS_BYTES_MAX, Bad, Framing, HEADERS_BYTES_MAX};
use super::limits::network_of;
use super::{gate, metrics};
use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::refused::Refused;
use actix_http::HttpService;
use actix_http::error::DispatchError;
use actix_server::Server;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::App;
use actix_web::dev::AppConfig;
use actix_web::http::header::HeaderMap;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig};
use rustix::process::{Resource, getrlimit};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// The header by which the door tells why it refuses; its value begins with a secret of this process.
const REFUSED: &str = "adit-refused";
/// How long the other side may take to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long a connection is kept that asks nothing.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long an answer waits for the other side to read any of it.
const STALL: Duration = Duration::from_secs(30);
/// How long after its time a body is waited for that the [gate] has not answered for.
const GRACE: Duration = Duration::from_secs(2);
/// The most connections in all.
const CONNECTIONS_MAX: usize = 1024;

/// What stands between the network and the HTTP library.
pub(super) struct Door {
    connector: Arc<Connector>,
    tls: Option<TlsAcceptor>,
    terms: Arc<Terms>,
    open: Arc<Mutex<Open>>,
}

/// What holds for every connection.
struct Terms {
    /// Nobody outside knows it, so nobody can pretend to be the door.
    secret: String,
    /// How long a head may take, a body, and an answer that nobody reads.
    head: Duration,
    body: Duration,
    stall: Duration,
}

/// The connections that are open, and the most that may be.
struct Open {
    all: usize,
    most: usize,
    of: HashMap<IpAddr, usize>,
}

/// The bytes of one connection, with or without TLS.
trait Wire: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Wire for T {}

impl Door {
    /// The door of a connector; with a configuration of TLS nobody comes in without.
    pub(super) fn new(connector: Arc<Connector>, tls: Option<rustls::ServerConfig>) -> Arc<Self> {
        // The library behind the door speaks nothing newer.
        let spoken = |mut tls: rustls::ServerConfig| {
            tls.alpn_protocols = vec![b"http/1.1".to_vec()];
            TlsAcceptor::from(Arc::new(tls))
        };
        let limits = &connector.config.limits;
        let terms = Arc::new(Terms {
            secret: clock::secret(),
            head: limits.head_time(),
            body: limits.body_time() + GRACE,
            stall: STALL,
        });
        let most = most_of(getrlimit(Resource::Nofile).current);
        let open = Arc::new(Mutex::new(Open { all: 0, most, of: HashMap::new() }));
        let tls = tls.map(spoken);
        Arc::new(Self { connector, tls, terms, open })
    }

    /// Whether connections are encrypted.
    pub(super) fn has_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Lets a connection in, unless its network or all together have too many open.
    pub(super) async fn admit(
        self: Arc<Self>,
        stream: TcpStream,
    ) -> Result<(Guarded, Option<SocketAddr>), DispatchError> {
        let peer = stream.peer_addr().map_err(DispatchError::Io)?;
        let Some(seat) = self.seat(peer.ip()) else {
            self.turned_away();
            return Err(DispatchError::Io(io::ErrorKind::ConnectionRefused.into()));
        };
        let wire: Pin<Box<dyn Wire>> = match &self.tls {
            None => Box::pin(stream),
            Some(tls) => {
                let agreed = timeout(HANDSHAKE, tls.accept(stream)).await;
                let agreed = agreed.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
                Box::pin(agreed.map_err(DispatchError::Io)?)
            }
        };
        Ok((Guarded::new(wire, seat, self.terms.clone()), Some(peer)))
    }

    fn seat(&self, address: IpAddr) -> Option<Seat> {
        let limits = &self.connector.config.limits;
        // Behind a proxy everybody comes from one address.
        let most = if limits.is_proxy(address) { usize::MAX } else { limits.connections() };
        Seat::of(&self.open, address, most)
    }

    /// A connection that is closed without a word leaves its trace all the same.
    fn turned_away(&self) {
        let connector = self.connector.clone();
        self.connector.runtime.spawn(async move {
            let refused = Refused::of(&Error::TooManyConnections, "none", "none");
            connector.metrics.refused(refused.code);
            connector.note_refused(refused, clock::now()).await;
        });
    }

    /// Answers what comes in at an address, HTTP/1.1 alone, until the process is told to end.
    pub(super) fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        routes: fn(&mut ServiceConfig),
    ) -> io::Result<Server> {
        let server = Server::build().workers(2).shutdown_timeout(20);
        let ending = server.graceful_shutdown_signal();
        let data = (Data::from(self.connector.clone()), Data::from(self.clone()));
        let handling = move || {
            let app = App::new()
                .app_data(data.0.clone())
                .app_data(data.1.clone())
                .wrap(from_fn(gate::pass))
                .wrap(from_fn(metrics::count))
                .configure(routes)
                .into_factory()
                .map_err(|error: actix_web::Error| error.error_response());
            let ending = ending.clone();
            let http = HttpService::build()
                .keep_alive(KEEP_ALIVE)
                // The door has a time of its own for the head of a request.
                .client_request_timeout(Duration::ZERO)
                .client_disconnect_timeout(Duration::from_secs(1))
                .graceful_shutdown_signal(move || {
                    let ending = ending.clone();
                    async move { ending.notified().await }
                })
                .h1(map_config(app, |()| AppConfig::default()));
            let door = self.clone();
            fn_service(move |stream: TcpStream| door.clone().admit(stream)).and_then(http)
        };
        Ok(server.listen("public", listener, handling)?.run())
    }

    /// The error behind a request that the door made itself.
    pub(super) fn refusal(&self, headers: &HeaderMap) -> Option<Error> {
        let told = headers.get(REFUSED)?.to_str().ok()?.strip_prefix(&self.terms.secret)?;
        Some(match told.trim_start().split_once(' ').unwrap_or((told.trim(), "")) {
            ("address", _) => Error::AddressTooLong { limit: ADDRESS_BYTES_MAX },
            ("headers", _) => Error::HeadersTooLong { limit: HEADERS_BYTES_MAX },
            ("slow", _) => Error::TooSlow,
            (_, why) => Error::Head { why: why.to_owned() },
        })
    }
}

/// How many connections may be open: a quarter of the files that this process may open is left for everything else.
fn most_of(files: Option<u64>) -> usize {
    let files = files.and_then(|it| usize::try_from(it).ok()).unwrap_or(usize::MAX);
    CONNECTIONS_MAX.min(files - files / 4)
}

/// One connection that counts.
struct Seat {
    open: Arc<Mutex<Open>>,
    network: IpAddr,
}

impl Seat {
    fn of(open: &Arc<Mutex<Open>>, address: IpAddr, most: usize) -> Option<Self> {
        let network = network_of(address);
        let mut seats = open.lock().expect("no holder of the lock panics");
        let taken = seats.of.get(&network).copied().unwrap_or(0);
        if taken >= most || seats.all >= seats.most {
            return None;
        }
        seats.of.insert(network, taken + 1);
        seats.all += 1;
        Some(Self { open: open.clone(), network })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.open.lock().expect("no holder of the lock panics");
        open.all -= 1;
        if let Some(count) = open.of.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.of.remove(&self.network);
            }
        }
    }
}

/// A connection whose heads are checked before anything is done with them.
pub(super) struct Guarded {
    wire: Pin<Box<dyn Wire>>,
    /// Free again when the connection ends.
    _seat: Seat,
    terms: Arc<Terms>,
    framing: Framing,
    /// What may be read, and how much of it was.
    ready: Vec<u8>,
    read: usize,
    /// Until when a head or a body must be complete; of the first head, also until when it must begin.
    deadline: Option<Pin<Box<Sleep>>>,
    /// Until when the other side must read more of an answer.
    stall: Option<Pin<Box<Sleep>>>,
    /// What comes now is read and forgotten.
    is_over: bool,
    /// What comes now is not read any more.
    is_ended: bool,
}

impl Guarded {
    fn new(wire: Pin<Box<dyn Wire>>, seat: Seat, terms: Arc<Terms>) -> Self {
        Self {
            wire,
            _seat: seat,
            framing: Framing::default(),
            ready: Vec::new(),
            read: 0,
            deadline: Some(Box::pin(sleep(terms.head))),
            stall: None,
            is_over: false,
            is_ended: false,
            terms,
        }
    }

    /// Puts a request of the door's own where the one that is refused would be.
    fn refuse(&mut self, bad: &Bad) {
        let told = match bad {
            Bad::Address => "address".to_owned(),
            Bad::Headers => "headers".to_owned(),
            Bad::Form(why) => format!("form {why}"),
        };
        self.tell(&told);
    }

    fn tell(&mut self, told: &str) {
        let secret = &self.terms.secret;
        let request = format!(
            "GET / HTTP/1.1\r\nHost: refused\r\nConnection: close\r\n{REFUSED}: {secret} {told}\r\n\r\n"
        );
        self.ready.extend_from_slice(request.as_bytes());
        (self.is_over, self.deadline) = (true, None);
    }

    /// Looks at what came.
    fn take(&mut self, bytes: &[u8]) {
        let ended = self.framing.ended();
        if let Err(bad) = self.framing.feed(bytes, &mut self.ready) {
            self.refuse(&bad);
        } else if self.framing.is_lost() {
            (self.is_ended, self.deadline) = (true, None);
        } else if self.framing.ended() != ended {
            // What comes next has a time of its own; nothing, the time that the library keeps a connection.
            self.deadline = None;
            if self.framing.is_within_body() {
                self.give(self.terms.body);
            } else if self.framing.is_within_head() {
                self.give(self.terms.head);
            }
        } else if self.deadline.is_none() {
            // The first bytes after a request; an empty line is one of them.
            self.give(self.terms.head);
        } else if self.ready.is_empty() && self.deadline.as_ref().is_some_and(|it| it.is_elapsed())
        {
            // Whoever sends without a pause is not waited for either.
            self.expire();
        }
    }

    fn give(&mut self, time: Duration) {
        self.deadline = Some(Box::pin(sleep(time)));
    }

    /// What happens when no more bytes are there: nothing, or the end of somebody's patience.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.deadline {
            Some(deadline) => ready!(deadline.as_mut().poll(context)),
            None => return Poll::Pending,
        }
        self.expire();
        Poll::Ready(())
    }

    fn expire(&mut self) {
        if self.framing.is_within_head() {
            self.tell("slow");
        } else {
            // Nothing came that asks, or the gate has answered for what did.
            (self.is_ended, self.deadline) = (true, None);
        }
    }

    /// Passes on what became of writing, or ends a connection whose other side has read nothing for too long.
    fn written<T>(
        &mut self,
        done: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.stall = None;
            return done;
        }
        let time = self.terms.stall;
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(time)));
        ready!(stall.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Guarded {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.read < this.ready.len() {
                let bytes = &this.ready[this.read..];
                let count = bytes.len().min(into.remaining());
                into.put_slice(&bytes[..count]);
                this.read += count;
                return Poll::Ready(Ok(()));
            }
            this.ready.clear();
            this.read = 0;
            if this.is_ended {
                return Poll::Ready(Ok(()));
            }
            let mut room = [0; 8 << 10];
            let mut room = ReadBuf::new(&mut room);
            match this.wire.as_mut().poll_read(context, &mut room) {
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Ready(Ok(())) if room.filled().is_empty() => return Poll::Ready(Ok(())),
                // Read and forgotten, so that the answer is not lost with what nobody took.
                Poll::Ready(Ok(())) if this.is_over => {}
                Poll::Ready(Ok(())) => this.take(room.filled()),
                Poll::Pending if this.deadline.is_none() => return Poll::Pending,
                Poll::Pending => ready!(this.wait(context)),
            }
        }
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let done = this.wire.as_mut().poll_write(context, bytes);
        this.written(done, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let done = this.wire.as_mut().poll_write_vectored(context, bytes);
        this.written(done, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.wire.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let done = this.wire.as_mut().poll_flush(context);
        this.written(done, context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let done = this.wire.as_mut().poll_shutdown(context);
        this.written(done, context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    fn open(most: usize) -> Arc<Mutex<Open>> {
        Arc::new(Mutex::new(Open { all: 0, most, of: HashMap::new() }))
    }

    /// Both ends of a connection that is given little time.
    fn connected() -> (DuplexStream, Guarded) {
        let time = Duration::from_millis(50);
        let terms = Terms { secret: "s".to_owned(), head: time, body: time, stall: time };
        let (outside, inside) = duplex(64);
        let seat = Seat::of(&open(1), "192.0.2.1".parse().unwrap(), 1).unwrap();
        (outside, Guarded::new(Box::pin(inside), seat, Arc::new(terms)))
    }

    #[test]
    fn a_network_and_all_together_have_so_many_seats() {
        let open = open(3);
        let seat = |address: &str| Seat::of(&open, address.parse().unwrap(), 2);
        let first = (seat("2001:db8::1").unwrap(), seat("2001:db8::2").unwrap());
        assert!(seat("2001:db8::3").is_none(), "a network counts as one address");
        let other = seat("192.0.2.1").unwrap();
        assert!(seat("192.0.2.2").is_none(), "no more in all");
        drop((first, other));
        assert!(seat("2001:db8::3").is_some());
        assert!(open.lock().unwrap().of.is_empty() && open.lock().unwrap().all == 0);
        assert_eq!([Some(400), Some(65_536), None].map(most_of), [300, 1024, 1024]);
    }

    #[tokio::test]
    async fn what_asks_nothing_or_never_ends_is_not_waited_for() {
        let get = "GET / HTTP/1.1\r\nHost: a\r\n";
        for sent in [
            String::new(),
            "\r\n".to_owned(),
            format!("{get}\r\n\r\n"),
            format!("{get}Transfer-Encoding: chunked\r\n\r\n"),
            format!("{get}Content-Length: 9\r\n\r\n1"),
        ] {
            let (mut outside, mut guarded) = connected();
            let sending = async {
                for byte in sent.as_bytes() {
                    outside.write_all(&[*byte]).await.unwrap();
                    tokio::task::yield_now().await;
                }
                std::future::pending::<()>().await;
            };
            let mut read = Vec::new();
            let reading = timeout(Duration::from_secs(5), guarded.read_to_end(&mut read));
            tokio::select! {
                () = sending => {}
                end = reading => drop(end.unwrap_or_else(|_| panic!("{sent:?} is waited for"))),
            }
        }
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_ends() {
        let (outside, mut guarded) = connected();
        let writing = guarded.write_all(&[0; 1000]);
        let end = timeout(Duration::from_secs(5), writing).await.expect("an end");
        assert_eq!(end.unwrap_err().kind(), io::ErrorKind::TimedOut);
        drop(outside);
    }
}
