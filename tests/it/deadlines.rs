//! Clients that are slow, broken or too large: cut off, in the dialect's words where there are any,
//! while everybody else is served.

use std::time::{Duration, Instant};

use polykms::Seconds;
use serde_json::json;
use testkit::http::Client;
use testkit::{Caller, Place, TestServer};

/// Longer than any deadline below, with room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn impatient() -> TestServer {
    let second = Seconds(Duration::from_secs(1));
    TestServer::on(Place::sqlite())
        .with(|settings| {
            settings.server.head_deadline_seconds = second;
            settings.server.body_deadline_seconds = second;
            settings.server.idle_deadline_seconds = second;
        })
        .launch()
}

fn assert_serves(server: &TestServer) {
    let answer = Caller::new(server.address(), "test-deadlines").aws("ListKeys", &json!({}));
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// Nothing that only the framework would say.
fn assert_wordless(answer: &[u8]) {
    let text = String::from_utf8_lossy(answer);
    let (_, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    assert!(body.is_empty(), "{text}");
}

#[test]
fn a_slow_head_is_cut_off() {
    let server = impatient();
    let mut slow: Vec<Client> = (0..50).map(|_| server.client()).collect();
    for client in &mut slow {
        client.write(b"POST / HTTP/1.1\r\nhost: x\r\nx-am").unwrap();
    }
    assert_serves(&server);
    for mut client in slow {
        let rest = client.rest(PATIENCE).expect("the connection is closed");
        assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&rest));
        assert_wordless(&rest);
    }
}

/// The framework's own deadline ends with the first request of a connection.
#[test]
fn a_slow_second_head_is_cut_off() {
    let server = impatient();
    let mut client = server.client();
    assert_eq!(client.send("GET", "/-/live", &[], b"").status, 200);
    client.write(b"POST / HTTP/1.1\r\nx-am").unwrap();
    assert_serves(&server);
    client.rest(PATIENCE).expect("the connection is closed");
}

#[test]
fn an_idle_connection_is_closed() {
    let server = impatient();
    let mut client = server.client();
    assert_eq!(client.send("GET", "/-/live", &[], b"").status, 200);
    assert_eq!(client.rest(PATIENCE).expect("the connection is closed"), b"");
}

/// The head of a request that each dialect claims, with a length that is not honoured.
fn heads(server: &TestServer, length: &str) -> [(&'static str, String); 3] {
    let host = server.address();
    let project = "0123456789abcdef0123456789abcdef";
    [
        (
            "aws",
            format!(
                "POST / HTTP/1.1\r\nhost: {host}\r\nx-amz-target: TrentService.ListKeys\r\n\
                 content-type: application/x-amz-json-1.1\r\n{length}\r\n\r\n"
            ),
        ),
        (
            "huawei",
            format!(
                "POST /v1.0/{project}/kms/list-keys HTTP/1.1\r\nhost: {host}\r\n\
                 content-type: application/json\r\n{length}\r\n\r\n"
            ),
        ),
        (
            "tencent",
            format!(
                "POST / HTTP/1.1\r\nhost: {host}\r\nx-tc-action: ListKeys\r\nx-tc-version: 2019-01-18\r\n\
                 content-type: application/json\r\n{length}\r\n\r\n"
            ),
        ),
    ]
}

/// Holds an answer against the form in which a vendor refuses.
fn assert_refusal(vendor: &str, answer: &testkit::http::Answer) {
    let body = answer.json();
    match vendor {
        "aws" => {
            assert_eq!(answer.status, 400 + if answer.status == 413 { 13 } else { 0 }, "{}", answer.text());
            assert!(body["__type"].is_string(), "{body}");
        }
        "huawei" => {
            assert!((400..500).contains(&answer.status), "{}", answer.status);
            assert!(body["error_code"].is_string() || body["error"]["error_code"].is_string(), "{body}");
        }
        _ => {
            assert_eq!(answer.status, 200);
            assert!(body["Response"]["Error"]["Code"].is_string(), "{body}");
        }
    }
}

#[test]
fn a_slow_body_is_refused_by_the_dialect() {
    let server = impatient();
    for (vendor, head) in heads(&server, "content-length: 100") {
        let mut client = server.client();
        client.write(head.as_bytes()).unwrap();
        client.write(b"{\"slow").unwrap();
        assert_serves(&server);
        let answer = client.answer().unwrap_or_else(|error| panic!("{vendor}: {error}"));
        let body = answer.json();
        assert!(!body.is_null() && answer.status != 500, "{vendor}: {}", answer.text());
        client.rest(PATIENCE).expect("the connection is closed");
    }
}

/// The refusal is sent at once; what still comes is thrown away for a moment, so that a client which
/// sends first and reads then gets to see it, and then the connection is closed.
#[test]
fn a_body_without_end_is_cut_off() {
    let server = impatient();
    let chunk = vec![b' '; 64 * 1024];
    for length in [format!("content-length: {}", 1u64 << 40), "transfer-encoding: chunked".to_owned()] {
        let is_chunked = length.starts_with("transfer");
        for (vendor, head) in heads(&server, &length) {
            let mut client = server.client();
            client.write(head.as_bytes()).unwrap();
            let started = Instant::now();
            let size = format!("{:x}\r\n", chunk.len());
            let parts: &[&[u8]] = if is_chunked { &[size.as_bytes(), &chunk, b"\r\n"] } else { &[&chunk] };
            while parts.iter().all(|part| client.write(part).is_ok()) {
                assert!(started.elapsed() < PATIENCE, "{vendor}: the body is still read");
                std::thread::sleep(Duration::from_millis(1));
            }
            assert_serves(&server);
        }
    }
}

/// A client that sends its body and then reads, as every SDK does, gets the refusal.
#[test]
fn a_body_somewhat_too_large_gets_the_dialects_refusal() {
    let server = TestServer::launch();
    let body = vec![b' '; 14 << 20];
    for (vendor, head) in heads(&server, &format!("content-length: {}", body.len())) {
        let mut client = server.client();
        client.write(head.as_bytes()).unwrap();
        // The server may have closed its side already; what it said is there all the same.
        let _ = client.write(&body);
        let answer = client.answer().unwrap_or_else(|error| panic!("{vendor}: {error}"));
        assert_refusal(vendor, &answer);
    }
}

/// What never becomes a request cannot be put into a dialect's words: a status and nothing else.
#[test]
fn broken_heads_are_refused_without_words() {
    let server = TestServer::launch();
    let host = server.address();
    let many: String = (0..200).map(|number| format!("x-{number}: y\r\n")).collect();
    let long = "y".repeat(200_000);
    for request in [
        "GARBAGE\r\n\r\n".to_owned(),
        "POST / HTTP/9.9\r\n\r\n".to_owned(),
        format!("POST / HTTP/1.1\r\nhost: {host}\r\nno colon\r\n\r\n"),
        format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: -1\r\n\r\n"),
        format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx"),
        format!("POST / HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: gzip\r\n\r\n"),
        format!("POST / HTTP/1.1\r\nhost: {host}\r\n{many}\r\n"),
        format!("POST / HTTP/1.1\r\nhost: {host}\r\nx-long: {long}\r\n\r\n"),
        format!("POST /{long} HTTP/1.1\r\nhost: {host}\r\n\r\n"),
        "POST / HTTP/1.1\r\n\r\n".to_owned(),
        "\0\0\0\0\r\n\r\n".to_owned(),
    ] {
        let mut client = server.client();
        let _ = client.write(request.as_bytes());
        let rest = client.rest(PATIENCE).expect("the connection is closed");
        let start = String::from_utf8_lossy(&rest[..rest.len().min(40)]).into_owned();
        assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 4"), "{start} for {:.60}", request);
        assert_wordless(&rest);
    }
    assert_serves(&server);
}

/// What follows the head of a request for a tunnel is a stream without end: it is not waited for.
#[test]
fn a_request_for_a_tunnel_is_answered_without_waiting_for_its_end() {
    let server = TestServer::on(Place::sqlite())
        .with(|settings| settings.server.body_deadline_seconds = Seconds(Duration::from_secs(3600)))
        .launch();
    let host = server.address();
    for request in [
        format!("CONNECT {host} HTTP/1.1\r\nhost: {host}\r\n\r\n"),
        format!("GET /x HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"),
    ] {
        let mut client = server.client();
        client.write(request.as_bytes()).unwrap();
        let answer = client.answer().expect("an answer");
        assert!((400..500).contains(&answer.status), "{} for {request}", answer.status);
    }
    assert_serves(&server);
}

/// A chunked body that breaks off or lies about its chunks reaches a dialect as a broken request.
#[test]
fn broken_bodies_are_refused_by_the_dialect() {
    let server = TestServer::launch();
    for broken in ["zz\r\n{}\r\n0\r\n\r\n", "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"] {
        for (vendor, head) in heads(&server, "transfer-encoding: chunked") {
            let mut client = server.client();
            client.write(head.as_bytes()).unwrap();
            let _ = client.write(broken.as_bytes());
            let rest = client.rest(PATIENCE).expect("the connection is closed");
            assert!(!rest.starts_with(b"HTTP/1.1 5"), "{vendor}: {}", String::from_utf8_lossy(&rest));
        }
    }
    assert_serves(&server);
}

/// An answer that nobody reads holds no connection for ever.
#[test]
fn a_client_that_does_not_read_is_cut_off() {
    let server = impatient();
    let mut client = server.client();
    // Pipelined, until neither side's buffers take any more.
    let request = format!("GET /-/metrics HTTP/1.1\r\nhost: {}\r\n\r\n", server.address()).repeat(200);
    let started = Instant::now();
    let mut sent = 0;
    while started.elapsed() < PATIENCE && sent < 2000 {
        if client.write(request.as_bytes()).is_err() {
            break;
        }
        sent += 1;
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_serves(&server);
    client.rest(PATIENCE).expect("the connection is closed");
}
