//! Which hosts may be called, and where they are.

use std::net::{IpAddr, SocketAddr};

use crate::SettingError;

/// What may be called. Nothing else is, whatever a caller of ours asks for.
#[derive(Clone, Default, Debug)]
pub struct Allowed {
    hosts: Vec<(String, Place)>,
    any_public: bool,
}

/// Where a host is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// Wherever its name leads, over TLS.
    Named,
    /// As `Named`, unless a name leads to an address that is not public.
    NamedPublic,
    /// At an address, over TLS under its name.
    At(SocketAddr),
    /// At an address, without TLS.
    PlainAt(SocketAddr),
}

impl Allowed {
    /// Reads the entries of a list: `HOST`, `HOST=https://ADDRESS:PORT`, `HOST=http://ADDRESS:PORT`,
    /// or `*` for every host whose name leads to public addresses only.
    ///
    /// # Errors
    /// [`SettingError::Entry`].
    pub fn parse(entries: &[String]) -> Result<Self, SettingError> {
        let mut allowed = Self::default();
        for entry in entries {
            let bad = || SettingError::Entry(entry.clone());
            if entry == "*" {
                allowed.any_public = true;
                continue;
            }
            let (host, place) = match entry.split_once('=') {
                None => (entry.as_str(), Place::Named),
                Some((host, place)) => (host, placed(place).ok_or_else(bad)?),
            };
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
            if host.is_empty() || !host.bytes().all(is_name) {
                return Err(bad());
            }
            allowed.hosts.push((host.to_ascii_lowercase(), place));
        }
        Ok(allowed)
    }

    /// Where a host is, if it may be called.
    pub(crate) fn place(&self, host: &str) -> Option<Place> {
        let listed = self.hosts.iter().find(|(name, _)| name.eq_ignore_ascii_case(host));
        listed.map(|(_, place)| *place).or(self.any_public.then_some(Place::NamedPublic))
    }
}

fn placed(text: &str) -> Option<Place> {
    match text.split_once("://")? {
        ("https", address) => Some(Place::At(address.parse().ok()?)),
        ("http", address) => Some(Place::PlainAt(address.parse().ok()?)),
        _ => None,
    }
}

/// Whether an address is one of the public network: none of this machine, of a private network, or
/// of a purpose of its own.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, third, _] = address.octets();
            !(address.is_unspecified()
                || address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_multicast()
                || address.is_broadcast()
                || address.is_documentation()
                || first == 0
                || first >= 240
                || (first == 100 && (64..128).contains(&second))
                || (first == 192 && second == 0 && third == 0)
                || (first == 198 && (18..20).contains(&second)))
        }
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_public(IpAddr::V4(mapped)),
            // Global unicast is 2000::/3; of it, tunnels and documentation lead elsewhere.
            None => {
                let [first, second, ..] = address.segments();
                (first & 0xe000) == 0x2000
                    && first != 0x2002
                    && !(first == 0x2001 && (second < 0x200 || second == 0xdb8))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(entries: &[&str]) -> Result<Allowed, SettingError> {
        Allowed::parse(&entries.iter().map(|entry| (*entry).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn only_what_is_listed_may_be_called() {
        let list = allowed(&["a.example", "B.example=https://127.0.0.1:8443", "c.example=http://[::1]:80"]).unwrap();
        assert_eq!(list.place("A.example"), Some(Place::Named));
        assert_eq!(list.place("b.example"), Some(Place::At("127.0.0.1:8443".parse().unwrap())));
        assert_eq!(list.place("c.example"), Some(Place::PlainAt("[::1]:80".parse().unwrap())));
        assert_eq!(list.place("d.example"), None);
        assert_eq!(list.place("x.a.example"), None);
        assert_eq!(allowed(&[]).unwrap().place("a.example"), None);
        assert_eq!(allowed(&["*"]).unwrap().place("a.example"), Some(Place::NamedPublic));
        assert_eq!(allowed(&["*", "a.example"]).unwrap().place("a.example"), Some(Place::Named));
    }

    #[test]
    fn entries_are_held_to_their_form() {
        for bad in ["", "a b", "https://a.example", "a=", "a=127.0.0.1:1", "a=ftp://127.0.0.1:1", "a=http://b:80", "=x"]
        {
            assert!(allowed(&[bad]).is_err(), "{bad}");
        }
    }

    #[test]
    fn public_addresses_are_told_from_others() {
        for public in ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for other in [
            "0.0.0.0",
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "2002:7f00:1::",
            "2001:db8::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(!is_public(other.parse().unwrap()), "{other}");
        }
    }
}
