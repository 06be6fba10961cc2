//! Key stores of a tenant's own: where some of its keys live, and whether they can be reached.
//!
//! As with keys, the record holds what the last change left and [`Connection::at`] says what holds
//! now: a connection that was begun is made, or has failed, once its time is over.

use crate::clock::Timestamp;
use crate::error::Error;
use crate::key::KeyState;
use crate::tenant::Scope;
use crate::words::words;

words! {
    /// What stands behind a key store.
    pub enum KeyStoreKind {
        /// A security module of the tenant's own, for which this server's own sealed rows stand in.
        Module = "MODULE",
        /// Keys that somebody else keeps and uses for us; we never see them.
        Outside = "OUTSIDE",
    }
}

words! {
    /// Whether the keys of a store can be reached.
    pub enum ConnectionState {
        /// They can.
        Connected = "CONNECTED",
        /// They soon can, or it will have failed.
        Connecting = "CONNECTING",
        /// They cannot: it was tried in vain.
        Failed = "FAILED",
        /// They cannot, and shall not.
        Disconnected = "DISCONNECTED",
        /// They can no longer, and soon shall not.
        Disconnecting = "DISCONNECTING",
    }
}

/// How a key store is connected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connection {
    /// What the last change left, or what holds after [`Connection::at`].
    pub state: ConnectionState,
    /// When what is under way is over.
    pub settles_at: Timestamp,
    /// Why connecting fails, in the dialect's own word. It counts while connecting and after.
    pub fault: Option<String>,
}

impl Connection {
    /// Never connected.
    pub const fn none(now: Timestamp) -> Self {
        Self { state: ConnectionState::Disconnected, settles_at: now, fault: None }
    }

    /// What holds at `now`.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        if self.settles_at <= now {
            self.state = match (self.state, &self.fault) {
                (ConnectionState::Connecting, None) => ConnectionState::Connected,
                (ConnectionState::Connecting, Some(_)) => ConnectionState::Failed,
                (ConnectionState::Disconnecting, _) => ConnectionState::Disconnected,
                (settled, _) => settled,
            };
        }
        self
    }
}

/// A key store: everything but its secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyStore {
    /// Where it is.
    pub scope: Scope,
    /// Its identifier there, in the vendor's form.
    pub id: String,
    /// Its name, unique in the scope.
    pub name: String,
    /// What stands behind it.
    pub kind: KeyStoreKind,
    /// What no other store of the scope may have too: the module's name, the other side's address.
    pub claim: String,
    /// What only one vendor has: that dialect's own JSON text.
    pub attributes: String,
    /// Whether its keys can be reached.
    pub connection: Connection,
    /// When it was made, in the domain clock.
    pub created_at: Timestamp,
    /// Counts stored changes; a change is stored only on the revision it was made from.
    pub revision: i64,
}

impl KeyStore {
    /// What this store is at `now`.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.connection = self.connection.at(now);
        self
    }

    /// Whether its keys can be reached.
    pub fn is_connected(&self) -> bool {
        self.connection.state == ConnectionState::Connected
    }

    /// Refuses unless the connection is in one of these states.
    ///
    /// # Errors
    /// [`Error::KeyStoreState`].
    pub fn require(&self, states: &[ConnectionState]) -> Result<(), Error> {
        let state = self.connection.state;
        if states.contains(&state) { Ok(()) } else { Err(Error::KeyStoreState { store: self.id.clone(), state }) }
    }

    /// States in which connecting may be asked for.
    pub const CONNECTABLE: &[ConnectionState] =
        &[ConnectionState::Connected, ConnectionState::Connecting, ConnectionState::Disconnected];

    /// States in which disconnecting may be asked for.
    pub const DISCONNECTABLE: &[ConnectionState] =
        &[ConnectionState::Connected, ConnectionState::Connecting, ConnectionState::Failed];

    /// Begins to connect, which ends at `settles_at` in `fault` or well. A store that is connected
    /// stays so.
    ///
    /// # Errors
    /// [`Error::KeyStoreState`] outside [`KeyStore::CONNECTABLE`].
    pub fn connect(mut self, settles_at: Timestamp, fault: Option<String>) -> Result<Self, Error> {
        self.require(Self::CONNECTABLE)?;
        if self.connection.state == ConnectionState::Disconnected {
            self.connection = Connection { state: ConnectionState::Connecting, settles_at, fault };
        }
        Ok(self)
    }

    /// Begins to disconnect, which ends at `settles_at`. Its keys cannot be reached from now on.
    ///
    /// # Errors
    /// [`Error::KeyStoreState`] outside [`KeyStore::DISCONNECTABLE`].
    pub fn disconnect(mut self, settles_at: Timestamp) -> Result<Self, Error> {
        self.require(Self::DISCONNECTABLE)?;
        self.connection = Connection { state: ConnectionState::Disconnecting, settles_at, fault: None };
        Ok(self)
    }
}

/// The key store that a key lives in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Residence {
    /// The store's identifier.
    pub store: String,
    /// The name of the key that somebody else keeps, if it is not kept here.
    pub outside_key: Option<String>,
    /// The store's own [`KeyStore::attributes`].
    pub store_attributes: String,
    /// The store's connection.
    pub connection: Connection,
    /// The key's state as soon as it can be reached again.
    pub resumes: KeyState,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::Tenant;
    use ConnectionState::{Connected, Connecting, Disconnected, Disconnecting, Failed};

    const NOON: Timestamp = Timestamp::from_seconds(43_200);
    const LATER: Timestamp = NOON.plus_seconds(2);

    fn store(state: ConnectionState) -> KeyStore {
        KeyStore {
            scope: Scope::new(Tenant::new("v", "a"), "r"),
            id: "s".into(),
            name: "n".into(),
            kind: KeyStoreKind::Module,
            claim: "c".into(),
            attributes: String::new(),
            connection: Connection { state, settles_at: NOON, fault: None },
            created_at: NOON,
            revision: 1,
        }
    }

    #[test]
    fn what_is_begun_ends_by_itself() {
        let well = store(Disconnected).connect(LATER, None).unwrap();
        assert_eq!(well.clone().at(LATER.plus_seconds(-1)).connection.state, Connecting);
        assert_eq!(well.at(LATER).connection.state, Connected);
        let ill = store(Disconnected).connect(LATER, Some("X".into())).unwrap();
        assert_eq!(ill.clone().at(NOON).connection.state, Connecting);
        assert_eq!(ill.at(LATER).connection.state, Failed);
        let ends = store(Connected).disconnect(LATER).unwrap();
        assert_eq!(ends.clone().at(NOON).connection.state, Disconnecting);
        assert_eq!(ends.at(LATER).connection.state, Disconnected);
    }

    #[test]
    fn only_some_states_may_connect_or_disconnect() {
        for state in ConnectionState::ALL.iter().copied() {
            let connects = store(state).connect(LATER, None);
            let disconnects = store(state).disconnect(LATER);
            let refusal = || Err(Error::KeyStoreState { store: "s".into(), state });
            match state {
                Connected => assert_eq!(connects, Ok(store(state))),
                Connecting => assert_eq!(connects.unwrap().connection.settles_at, NOON),
                Disconnected => assert_eq!(connects.unwrap().connection.state, Connecting),
                Failed | Disconnecting => assert_eq!(connects, refusal()),
            }
            match state {
                Connected | Connecting | Failed => assert_eq!(disconnects.unwrap().connection.state, Disconnecting),
                Disconnected | Disconnecting => assert_eq!(disconnects, refusal()),
            }
        }
    }
}
