//! How fast the server is, as ratios to what it is made of, all in one run on one machine:
//! imports to OpenSSL's own RSA operations, Encrypt to a bare actix echo, CreateKey to single-row
//! commits of Postgres. `make bench` runs it and keeps what it prints.

#![expect(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use import_engine::WrappingAlgorithm;
use import_engine::primitives::generate_wrapping_pair;
use openssl::pkey::PKey;
use openssl::rsa::Padding;
use serde_json::{Value, json};
use testkit::http::Client;
use testkit::sign::{self, Unsigned};
use testkit::wrap::wrap;
use testkit::{Caller, Place, Process};

/// How long each measurement runs.
const SPAN: Duration = Duration::from_secs(5);
/// How many clients ask at once.
const CLIENTS: usize = 16;
/// How many bytes are encrypted.
const PLAINTEXT: usize = 32;

fn main() {
    if std::env::args().nth(1).as_deref() == Some("echo") {
        echo();
        return;
    }
    let cores = std::thread::available_parallelism().unwrap().get();
    println!("{cores} cores, {CLIENTS} clients, {} s each.\n", SPAN.as_secs());
    println!("| What | Per second | Beside it | Per second | Ratio |");
    println!("|---|---|---|---|---|");

    let sqlite = Place::sqlite();
    let process = started(sqlite.folder(), &["--data-dir", sqlite.folder().to_str().unwrap()]);
    let import = imports(process.address());
    let rsa = rsa_private_operations(cores);
    line("ImportKeyMaterial (AWS, RSA_2048, SQLite)", import, "RSA-2048 private operations, all cores", rsa);
    let fsync = file_commits(sqlite.folder());
    line("the same", import, "writes of 4 KB with fsync, one after the other", fsync);
    let (encrypt, size) = encrypts(process.address());
    drop(process);
    let echo = echoes(size);
    line("Encrypt (AWS, SQLite)", encrypt, "bare actix echo of as many bytes", echo);

    if let Some(postgres) = Place::postgres() {
        let process = started(postgres.folder(), &["--database-url", postgres.url()]);
        let create = creates(process.address());
        let (encrypt, _) = encrypts(process.address());
        drop(process);
        line("CreateKey (AWS, Postgres)", create, "single-row commits of Postgres", commits(&postgres));
        line("Encrypt (AWS, Postgres)", encrypt, "bare actix echo of as many bytes", echo);
    }
}

fn line(what: &str, rate: f64, beside: &str, beside_rate: f64) {
    println!("| {what} | {rate:.0} | {beside} | {beside_rate:.0} | {:.2} |", rate / beside_rate);
}

fn started(folder: &Path, more: &[&str]) -> Process {
    let arguments = [&["dev", "--listen", "127.0.0.1:0"], more].concat();
    // The search for primes must be over before anything is measured; log lines cost time that
    // nobody asked for.
    let environment = [
        ("POLYKMS__IMPORT__POOL_RSA_2048", "16"),
        ("POLYKMS__IMPORT__POOL_RSA_3072", "0"),
        ("POLYKMS__IMPORT__POOL_RSA_4096", "0"),
        ("POLYKMS__IMPORT__POOL_SM2", "0"),
        ("POLYKMS__LOG__LEVEL", "warn"),
    ];
    Process::start_with(folder, &arguments, &environment)
}

/// How often per second `CLIENTS` threads get through what `client` makes for each.
fn rate<F: FnMut() + Send + 'static>(client: impl Fn(usize) -> F) -> f64 {
    let (over, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let threads: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let (mut work, over, count) = (client(number), over.clone(), count.clone());
            std::thread::spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    work();
                    count.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    // The first moments fill caches.
    std::thread::sleep(Duration::from_millis(500));
    let (started, before) = (Instant::now(), count.load(Ordering::Relaxed));
    std::thread::sleep(SPAN);
    let done = count.load(Ordering::Relaxed) - before;
    let took = started.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    f64::from(u32::try_from(done).unwrap()) / took
}

/// A signed request as bytes, to be sent again and again.
fn request(address: SocketAddr, operation: &str, input: &Value) -> Vec<u8> {
    let (host, body) = (address.to_string(), input.to_string());
    let fields = sign::aws(Unsigned::now(&host, "test-bench", "test", "us-east-1"), operation, body.as_bytes());
    let mut text = format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in fields {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    (text + "\r\n" + &body).into_bytes()
}

fn repeated(address: SocketAddr, request: Vec<u8>) -> impl FnMut() + Send + 'static {
    let mut client = Client::new(address);
    move || {
        let answer = client.raw(&request).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

fn new_key(caller: &mut Caller, input: &Value) -> String {
    let created = caller.aws("CreateKey", input);
    created.json()["KeyMetadata"]["KeyId"].as_str().unwrap_or_else(|| panic!("{}", created.text())).to_owned()
}

/// Each client imports into a key of its own, again and again.
fn imports(address: SocketAddr) -> f64 {
    let mut caller = Caller::new(address, "test-bench");
    let requests: Vec<Vec<u8>> = (0..CLIENTS)
        .map(|_| {
            let key = new_key(&mut caller, &json!({ "Origin": "EXTERNAL" }));
            let input =
                json!({ "KeyId": key, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048" });
            let given = caller.aws("GetParametersForImport", &input).json();
            let public_key = STANDARD.decode(given["PublicKey"].as_str().unwrap()).unwrap();
            let import = json!({
                "KeyId": key,
                "ImportToken": given["ImportToken"],
                "EncryptedKeyMaterial": STANDARD.encode(wrap(WrappingAlgorithm::RsaOaepSha256, &public_key, &[7; 32])),
                "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
            });
            request(address, "ImportKeyMaterial", &import)
        })
        .collect();
    wait_for_full_pool(address);
    rate(|number| repeated(address, requests[number].clone()))
}

fn wait_for_full_pool(address: SocketAddr) {
    let started = Instant::now();
    loop {
        let ready = Client::new(address).send("GET", "/-/ready", &[], b"").json();
        let is_full = ready["pool"].as_array().unwrap().iter().all(|kind| kind["ready"] == kind["wanted"]);
        if is_full || started.elapsed() > Duration::from_secs(60) {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The rate, and how many bytes a request's body has.
fn encrypts(address: SocketAddr) -> (f64, usize) {
    wait_for_full_pool(address);
    let key = new_key(&mut Caller::new(address, "test-bench"), &json!({}));
    let input = json!({ "KeyId": key, "Plaintext": STANDARD.encode([7; PLAINTEXT]) });
    let request = request(address, "Encrypt", &input);
    (rate(|_| repeated(address, request.clone())), input.to_string().len())
}

fn creates(address: SocketAddr) -> f64 {
    wait_for_full_pool(address);
    let request = request(address, "CreateKey", &json!({}));
    rate(|_| repeated(address, request.clone()))
}

/// With as many threads as there are cores, each with a key that it keeps.
fn rsa_private_operations(cores: usize) -> f64 {
    let (_, private) = generate_wrapping_pair(import_engine::WrappingKeySpec::Rsa2048).unwrap();
    let started = Instant::now();
    let done: u32 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores)
            .map(|_| {
                scope.spawn(|| {
                    let rsa = PKey::private_key_from_pkcs8(private.expose()).unwrap().rsa().unwrap();
                    let (block, mut out) = ([1; 256], [0; 256]);
                    let mut done = 0u32;
                    while started.elapsed() < SPAN {
                        rsa.private_decrypt(&block, &mut out, Padding::NONE).unwrap();
                        done += 1;
                    }
                    done
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    f64::from(done) / started.elapsed().as_secs_f64()
}

fn file_commits(folder: &Path) -> f64 {
    use std::io::Write as _;
    let mut file = std::fs::File::create(folder.join("commits")).unwrap();
    let (started, mut done) = (Instant::now(), 0u32);
    while started.elapsed() < SPAN / 2 {
        file.write_all(&[1; 4096]).unwrap();
        file.sync_data().unwrap();
        done += 1;
    }
    f64::from(done) / started.elapsed().as_secs_f64()
}

/// One row, one transaction, `CLIENTS` connections.
fn commits(place: &Place) -> f64 {
    place.run("CREATE TABLE bench (id BIGSERIAL PRIMARY KEY, text TEXT NOT NULL)");
    let done = place.in_parallel(CLIENTS, SPAN, "INSERT INTO bench (text) VALUES ('a row of a bench')");
    f64::from(u32::try_from(done).unwrap()) / SPAN.as_secs_f64()
}

fn echoes(size: usize) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("address");
    let mut server = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["echo", place.to_str().unwrap()])
        .spawn()
        .unwrap();
    let address: SocketAddr = loop {
        if let Some(address) = std::fs::read_to_string(&place).ok().and_then(|text| text.parse().ok()) {
            break address;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let body = "x".repeat(size);
    let text = format!("POST / HTTP/1.1\r\nhost: {address}\r\ncontent-length: {size}\r\n\r\n{body}");
    let found = rate(|_| repeated(address, text.clone().into_bytes()));
    server.kill().unwrap();
    server.wait().unwrap();
    found
}

/// The least that actix can do with a body.
fn echo() {
    use actix_web::{App, HttpResponse, HttpServer, web};
    let system = actix_web::rt::System::new();
    system.block_on(async {
        let answer = |body: web::Bytes| async move { HttpResponse::Ok().body(body) };
        let server = HttpServer::new(move || App::new().default_service(web::to(answer)));
        let server = server.bind(("127.0.0.1", 0)).unwrap();
        std::fs::write(std::env::args().nth(2).unwrap(), server.addrs()[0].to_string()).unwrap();
        server.run().await.unwrap();
    });
}
