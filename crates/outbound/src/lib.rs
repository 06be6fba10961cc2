//! The one place that opens connections to other machines (the store's own aside).
//!
//! [`Outbound`] sends one request per connection, to hosts that the operator has allowed
//! ([`Allowed`]) and to no other; it follows no redirect, waits no longer and reads no more than it
//! was told. TLS is 1.2 or later, the name in the certificate is the host's, and its issuer is one
//! of the system's or of the operator's own roots.

mod allowed;

use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper_util::rt::TokioIo;
use openssl::ssl::{SslConnector, SslMethod, SslVersion};
use openssl::x509::X509;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

pub use allowed::Allowed;
use allowed::{Place, is_public};

/// The most bytes of an answer that are read.
const ANSWER_LONGEST: usize = 64 * 1024;

/// Settings from which nothing can be made.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// An entry of the list of hosts.
    #[error("{0:?} is neither HOST, HOST=https://ADDRESS:PORT, HOST=http://ADDRESS:PORT nor *")]
    Entry(String),
    /// The roots are no certificates, or TLS cannot be set up.
    #[error("the trusted roots are not certificates in PEM: {0}")]
    Roots(#[from] openssl::error::ErrorStack),
}

/// Why there is no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The host may not be called, has no address, or does not take the connection.
    Unreachable,
    /// TLS did not come about.
    Insecure,
    /// It took too long.
    TimedOut,
    /// What came is not HTTP, or is too long.
    Malformed,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

/// Sends requests.
pub struct Outbound {
    allowed: Allowed,
    tls: SslConnector,
    patience: Duration,
}

impl Outbound {
    /// For these hosts; a request, connection and answer included, takes at most `patience`. `roots`
    /// are certificates in PEM that are trusted beside the system's.
    ///
    /// # Errors
    /// [`SettingError::Roots`].
    pub fn new(allowed: Allowed, roots: &str, patience: Duration) -> Result<Self, SettingError> {
        let mut tls = SslConnector::builder(SslMethod::tls_client())?;
        tls.set_min_proto_version(Some(SslVersion::TLS1_2))?;
        let system = openssl_probe::probe();
        if let Some(file) = &system.cert_file {
            // A system without roots trusts none; that shows at the first connection.
            let _ = tls.load_verify_locations(Some(file), None);
        }
        for certificate in X509::stack_from_pem(roots.as_bytes())? {
            tls.cert_store_mut().add_cert(certificate)?;
        }
        Ok(Self { allowed, tls: tls.build(), patience })
    }

    /// Posts a body to `https://HOST/PATH`. `Host` and `Content-Length` are added to the headers.
    ///
    /// # Errors
    /// A [`Fault`]; every answer that is HTTP is an [`Answer`].
    pub async fn post(
        &self,
        host: &str,
        path: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<Answer, Fault> {
        tokio::time::timeout(self.patience, self.send(host, path, headers, body)).await.unwrap_or(Err(Fault::TimedOut))
    }

    async fn send(
        &self,
        host: &str,
        path: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<Answer, Fault> {
        let mut request = hyper::Request::post(path).header(HOST, host);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|_| Fault::Malformed)?;
        let place = self.allowed.place(host).ok_or_else(|| {
            tracing::warn!(host, "a host that is not allowed was to be called");
            Fault::Unreachable
        })?;
        match place {
            Place::PlainAt(address) => exchange(connect(&[address]).await?, request).await,
            Place::At(address) => exchange(self.secure(host, connect(&[address]).await?).await?, request).await,
            Place::Named => exchange(self.secure(host, connect(&addresses(host).await?).await?).await?, request).await,
            Place::NamedPublic => {
                let addresses = addresses(host).await?;
                if addresses.iter().any(|address| !is_public(address.ip())) {
                    tracing::warn!(host, "a host with an address that is not public was to be called");
                    return Err(Fault::Unreachable);
                }
                exchange(self.secure(host, connect(&addresses).await?).await?, request).await
            }
        }
    }

    async fn secure(&self, host: &str, stream: TcpStream) -> Result<SslStream<TcpStream>, Fault> {
        let insecure = |_: openssl::error::ErrorStack| Fault::Insecure;
        let ssl = self.tls.configure().and_then(|tls| tls.into_ssl(host)).map_err(insecure)?;
        let mut stream = SslStream::new(ssl, stream).map_err(insecure)?;
        match Pin::new(&mut stream).connect().await {
            Ok(()) => Ok(stream),
            Err(error) => {
                tracing::debug!(host, %error, "no TLS");
                Err(Fault::Insecure)
            }
        }
    }
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

async fn addresses(host: &str) -> Result<Vec<SocketAddr>, Fault> {
    let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 443)).await.map_err(|_| Fault::Unreachable)?.collect();
    if found.is_empty() { Err(Fault::Unreachable) } else { Ok(found) }
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, Fault> {
    let stream = TcpStream::connect(addresses).await.map_err(|_| Fault::Unreachable)?;
    // Requests are written whole; waiting for more would only cost time.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

/// One request and its answer.
async fn exchange<S>(stream: S, request: hyper::Request<Full<Bytes>>) -> Result<Answer, Fault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let malformed = |_: hyper::Error| Fault::Malformed;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(malformed)?;
    let _driver = Driver(tokio::spawn(connection));
    let response = sender.send_request(request).await.map_err(malformed)?;
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), ANSWER_LONGEST).collect().await;
    Ok(Answer { status, body: body.map_err(|_| Fault::Malformed)?.to_bytes().to_vec() })
}

/// Moves the bytes of one connection, which ends with the request, whether it was answered or
/// given up.
struct Driver(tokio::task::JoinHandle<hyper::Result<()>>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}
