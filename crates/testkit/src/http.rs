//! HTTP/1.1 by hand: tests must be able to send what no client library would.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(70);

/// A client with at most one connection, which it keeps open.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Header fields in the order received, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first value of a field.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }
}

impl Client {
    /// A client of a server.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, connection: None }
    }

    /// Sends a request with `Host` and `Content-Length` in addition to the given headers (unless
    /// they are among them), and waits for the answer.
    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.try_send(method, path, headers, body).expect("an answer")
    }

    /// [`Client::send`] to a server that may be gone.
    ///
    /// # Errors
    /// If there is no answer.
    pub fn try_send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<Answer> {
        let has = |name: &str| headers.iter().any(|(field, _)| field.eq_ignore_ascii_case(name));
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        if !has("host") {
            head.push_str(&format!("host: {}\r\n", self.address));
        }
        if !has("content-length") && !has("transfer-encoding") {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        self.raw(&request)
    }

    /// Sends bytes as they are and waits for one answer.
    ///
    /// # Errors
    /// If there is none.
    pub fn raw(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.write(request)?;
        let outcome = self.answer();
        match &outcome {
            Ok(answer) if answer.header("connection") != Some("close") => {}
            _ => self.connection = None,
        }
        outcome
    }

    /// Sends bytes without waiting.
    ///
    /// # Errors
    /// If the server is gone.
    pub fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.connected()?.get_mut().write_all(bytes)
    }

    /// Waits for an answer.
    ///
    /// # Errors
    /// If there is none.
    pub fn answer(&mut self) -> std::io::Result<Answer> {
        let connection = self.connected()?;
        let mut status = 100;
        let mut headers = Vec::new();
        while status == 100 {
            let line = line(connection)?;
            status = line.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or(ErrorKind::InvalidData)?;
            headers.clear();
            loop {
                let line = self::line(connection)?;
                let Some((name, value)) = line.split_once(':') else { break };
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        let length =
            headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        connection.read_exact(&mut body)?;
        Ok(Answer { status, headers, body })
    }

    /// Waits until the server closes the connection; answers what it sent before.
    ///
    /// # Errors
    /// If it does not, in time.
    pub fn rest(&mut self, patience: Duration) -> std::io::Result<Vec<u8>> {
        let connection = self.connected()?;
        connection.get_ref().set_read_timeout(Some(patience))?;
        let mut rest = Vec::new();
        match connection.read_to_end(&mut rest) {
            Ok(_) => Ok(rest),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(rest),
            Err(error) => Err(error),
        }
    }

    fn connected(&mut self) -> std::io::Result<&mut BufReader<TcpStream>> {
        if self.connection.is_none() {
            let stream = TcpStream::connect(self.address)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_nodelay(true)?;
            self.connection = Some(BufReader::new(stream));
        }
        self.connection.as_mut().ok_or_else(|| ErrorKind::NotConnected.into())
    }
}

fn line(connection: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut line = String::new();
    match connection.read_line(&mut line)? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim_end().to_owned()),
    }
}
