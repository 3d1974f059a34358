//! The three orders of the index: twenty bytes a key, the room last, so that equal triples are neighbours.

use crate::term::TermId;

/// A stored quad as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) subject: u32,
    pub(crate) predicate: u32,
    pub(crate) object: TermId,
    pub(crate) room: u32,
}

/// The bytes of a key.
pub(crate) type KeyBytes = [u8; 20];

/// One of the orders in which the quads are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Subject, predicate, object, room.
    Spo,
    /// Predicate, object, subject, room.
    Pos,
    /// Object, subject, predicate, room.
    Osp,
}

impl Order {
    /// The bytes of a quad in this order.
    pub(crate) fn write(self, key: &Key) -> KeyBytes {
        let Key { subject, predicate, object, room } = key;
        let (s, p, o) =
            (subject.to_be_bytes(), predicate.to_be_bytes(), object.bits().to_be_bytes());
        let mut bytes = [0; 20];
        match self {
            Self::Spo => fill(&mut bytes, &s, &p, &o),
            Self::Pos => fill(&mut bytes, &p, &o, &s),
            Self::Osp => fill(&mut bytes, &o, &s, &p),
        }
        bytes[16..].copy_from_slice(&room.to_be_bytes());
        bytes
    }

    /// The quad that the bytes stand for in this order.
    #[inline]
    pub(crate) fn read(self, bytes: &KeyBytes) -> Key {
        let room = four(bytes, 16);
        match self {
            Self::Spo => Key {
                subject: four(bytes, 0),
                predicate: four(bytes, 4),
                object: eight(bytes, 8),
                room,
            },
            Self::Pos => Key {
                predicate: four(bytes, 0),
                object: eight(bytes, 4),
                subject: four(bytes, 12),
                room,
            },
            Self::Osp => Key {
                object: eight(bytes, 0),
                subject: four(bytes, 8),
                predicate: four(bytes, 12),
                room,
            },
        }
    }
}

fn fill(bytes: &mut KeyBytes, first: &[u8], second: &[u8], third: &[u8]) {
    let (head, rest) = bytes.split_at_mut(first.len());
    head.copy_from_slice(first);
    let (middle, rest) = rest.split_at_mut(second.len());
    middle.copy_from_slice(second);
    rest[..third.len()].copy_from_slice(third);
}

#[inline]
fn four(bytes: &KeyBytes, at: usize) -> u32 {
    let mut part = [0; 4];
    part.copy_from_slice(&bytes[at..at + 4]);
    u32::from_be_bytes(part)
}

#[inline]
fn eight(bytes: &KeyBytes, at: usize) -> TermId {
    let mut part = [0; 8];
    part.copy_from_slice(&bytes[at..at + 8]);
    TermId::from_bits(u64::from_be_bytes(part))
}

/// What a scan is asked for: the parts that are bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) subject: Option<u32>,
    pub(crate) predicate: Option<u32>,
    pub(crate) object: Option<TermId>,
}

/// The start of the keys that fit a pattern.
pub(crate) struct Prefix {
    bytes: [u8; 16],
    length: usize,
}

impl Prefix {
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn put(&mut self, part: &[u8]) {
        self.bytes[self.length..self.length + part.len()].copy_from_slice(part);
        self.length += part.len();
    }
}

impl Pattern {
    /// The order in which all that fits stands together, and the prefix that it shares.
    pub(crate) fn prefix(&self) -> (Order, Prefix) {
        let mut prefix = Prefix { bytes: [0; 16], length: 0 };
        let (s, p) = (self.subject.map(u32::to_be_bytes), self.predicate.map(u32::to_be_bytes));
        let o = self.object.map(|object| object.bits().to_be_bytes());
        let order = match (s, p, o) {
            (Some(_), None, Some(_)) | (None, None, Some(_)) => Order::Osp,
            (None, Some(_), _) => Order::Pos,
            (Some(_), _, _) | (None, None, None) => Order::Spo,
        };
        let (s, p, o) = (s.as_ref(), p.as_ref(), o.as_ref());
        let parts: [Option<&[u8]>; 3] = match order {
            Order::Spo => [s.map(|s| &s[..]), p.map(|p| &p[..]), o.map(|o| &o[..])],
            Order::Pos => [p.map(|p| &p[..]), o.map(|o| &o[..]), s.map(|s| &s[..])],
            Order::Osp => [o.map(|o| &o[..]), s.map(|s| &s[..]), p.map(|p| &p[..])],
        };
        for part in parts.into_iter().map_while(|part| part) {
            prefix.put(part);
        }
        (order, prefix)
    }

    /// Whether a quad has the bound parts.
    pub(crate) fn fits(&self, key: &Key) -> bool {
        self.subject.is_none_or(|subject| subject == key.subject)
            && self.predicate.is_none_or(|predicate| predicate == key.predicate)
            && self.object.is_none_or(|object| object == key.object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_reads_what_it_writes() {
        let object = TermId::from_bits(0x1234_5678_9abc_def0);
        let key = Key { subject: 7, predicate: 0xffff_0001, object, room: 3 };
        for order in [Order::Spo, Order::Pos, Order::Osp] {
            assert_eq!(order.read(&order.write(&key)), key);
        }
    }

    #[test]
    fn every_pattern_is_one_prefix() {
        let key = Key { subject: 1, predicate: 2, object: TermId::named(3), room: 4 };
        for bits in 0..8 {
            let pattern = Pattern {
                subject: (bits & 1 != 0).then_some(key.subject),
                predicate: (bits & 2 != 0).then_some(key.predicate),
                object: (bits & 4 != 0).then_some(key.object),
            };
            let (order, prefix) = pattern.prefix();
            assert!(order.write(&key).starts_with(prefix.as_slice()));
            let bound = [4, 4, 8].iter().enumerate().filter(|(i, _)| bits & (1 << i) != 0);
            assert_eq!(prefix.as_slice().len(), bound.map(|(_, size)| size).sum::<usize>());
            assert!(pattern.fits(&key));
        }
    }
}
