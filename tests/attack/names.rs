//! A name server on loopback that answers what a row wants, by
//! [RFC 1035](https://www.rfc-editor.org/rfc/rfc1035#section-4.1).

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};

/// The kinds of record that are asked for.
const A: u16 = 1;
const AAAA: u16 = 28;

/// A name server; it lives as long as this process.
#[derive(Debug, Clone)]
pub struct Names {
    /// Where it answers, by UDP.
    pub address: SocketAddr,
    known: Arc<Mutex<HashMap<String, Known>>>,
}

#[derive(Debug, Default)]
struct Known {
    /// What each look-up is answered with; the last answer is repeated.
    answers: Vec<Vec<IpAddr>>,
    looked_up: usize,
}

impl Names {
    /// Starts a name server that knows nothing.
    pub fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let names = Self { address: socket.local_addr().unwrap(), known: Arc::default() };
        let answering = names.clone();
        std::thread::spawn(move || {
            let mut message = [0; 1024];
            while let Ok((length, from)) = socket.recv_from(&mut message) {
                if let Some(answer) = answering.answer(&message[..length]) {
                    drop(socket.send_to(&answer, from));
                }
            }
        });
        names
    }

    /// Says where a name leads.
    pub fn lead(&self, name: &str, to: &[&str]) {
        self.lead_in_turn(name, &[to]);
    }

    /// Says where a name leads at the first look-up, at the second, and so on; the last stays.
    pub fn lead_in_turn(&self, name: &str, turns: &[&[&str]]) {
        let addresses = |turn: &&[&str]| turn.iter().map(|ip| ip.parse().unwrap()).collect();
        let answers = turns.iter().map(addresses).collect();
        self.known.lock().unwrap().insert(name.to_owned(), Known { answers, looked_up: 0 });
    }

    /// How often a name was looked up.
    pub fn looked_up(&self, name: &str) -> usize {
        self.known.lock().unwrap().get(name).map_or(0, |known| known.looked_up)
    }

    fn answer(&self, message: &[u8]) -> Option<Vec<u8>> {
        let (name, end) = name(message, 12)?;
        let kind = u16::from_be_bytes([*message.get(end)?, *message.get(end + 1)?]);
        let mut known = self.known.lock().unwrap();
        let found = known.get_mut(&name);
        let is_known = found.is_some();
        let addresses = found.map(|known| {
            // A look-up asks for both kinds; it is one look-up.
            let turn = known.looked_up.min(known.answers.len() - 1);
            known.looked_up += usize::from(kind == A);
            known.answers[turn].clone()
        });
        let fitting: Vec<_> = addresses
            .unwrap_or_default()
            .into_iter()
            .filter(|ip| matches!((ip, kind), (IpAddr::V4(_), A) | (IpAddr::V6(_), AAAA)))
            .collect();
        // An answer, recursion wanted and had; 3 says that there is no such name.
        let flags: u16 = if is_known { 0x8180 } else { 0x8183 };
        let mut answer = message[..2].to_vec();
        for number in [flags, 1, u16::try_from(fitting.len()).unwrap(), 0, 0] {
            answer.extend(number.to_be_bytes());
        }
        answer.extend(&message[12..end + 4]);
        for ip in fitting {
            // The name of the question, the kind, the Internet, valid for no time at all.
            answer.extend([0xc0, 12]);
            answer.extend(kind.to_be_bytes());
            answer.extend([0, 1, 0, 0, 0, 0]);
            let bytes = match ip {
                IpAddr::V4(ip) => ip.octets().to_vec(),
                IpAddr::V6(ip) => ip.octets().to_vec(),
            };
            answer.extend(u16::try_from(bytes.len()).unwrap().to_be_bytes());
            answer.extend(bytes);
        }
        Some(answer)
    }
}

/// The name at a place of a message, in lower case, and the place after it.
fn name(message: &[u8], mut at: usize) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*message.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        let label = message.get(at..at + length)?;
        labels.push(String::from_utf8_lossy(label).to_ascii_lowercase());
        at += length;
    }
}
