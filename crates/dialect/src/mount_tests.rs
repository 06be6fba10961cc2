use std::sync::Mutex;

use actix_web::test::{TestRequest, call_and_read_body, init_service};
use actix_web::{App, web};
use import_engine::{ManualClock, SystemChance, Timestamp};

use super::*;

/// A language in which the path says what happens.
struct Scripted(&'static str);

#[async_trait]
impl Frontend for Scripted {
    fn vendor(&self) -> &'static str {
        self.0
    }

    fn claims(&self, head: &Head) -> bool {
        head.headers.get("x-speak") == Some(self.0)
    }

    fn body_limit(&self) -> usize {
        10
    }

    async fn serve(&self, request: Request) -> Response {
        match request.head.path.as_str() {
            "/panic" => panic!("a mistake of ours"),
            "/slow" => tokio::time::sleep(Duration::from_secs(60)).await,
            _ => {}
        }
        Response::new(200, "text/plain", format!("{} {}", self.0, request.body.len()).into_bytes().into())
    }

    fn refuse(&self, _: &Head, _: &str, failure: Failure) -> Response {
        let word = match failure {
            Failure::Engine(_) => "fault",
            Failure::Deadline => "deadline",
            Failure::TooLarge => "too large",
            _ => "refused",
        };
        Response::new(400, "text/plain", format!("{} {word}", self.0).into_bytes().into())
    }
}

#[derive(Default)]
struct Counted(Mutex<Vec<(&'static str, u16)>>);

impl Observer for Counted {
    fn answered(&self, vendor: &'static str, _: &Record, status: u16, _: Duration) {
        self.0.lock().unwrap().push((vendor, status));
    }
}

fn mounted(runtime: Option<Handle>, observer: Arc<Counted>) -> Mounted {
    Mounted {
        frontends: vec![Arc::new(Scripted("first")), Arc::new(Scripted("last"))],
        clock: Arc::new(ManualClock::at(Timestamp(0))),
        chance: Arc::new(SystemChance),
        body_deadline: Duration::from_secs(5),
        answer_deadline: Duration::from_millis(200),
        runtime,
        observer,
    }
}

async fn answer(mounted: Mounted, request: TestRequest) -> String {
    let app = init_service(App::new().app_data(web::Data::new(mounted)).default_service(web::to(handle))).await;
    String::from_utf8(call_and_read_body(&app, request.to_request()).await.to_vec()).unwrap()
}

#[actix_web::test]
async fn whoever_claims_a_request_answers_it_and_the_last_one_the_rest() {
    let counted = Arc::new(Counted::default());
    let request = TestRequest::post().uri("/").insert_header(("x-speak", "first")).set_payload("12345");
    assert_eq!(answer(mounted(None, counted.clone()), request).await, "first 5");
    let request = TestRequest::post().uri("/");
    assert_eq!(answer(mounted(None, counted.clone()), request).await, "last 0");
    assert_eq!(*counted.0.lock().unwrap(), [("first", 200), ("last", 200)]);
}

#[actix_web::test]
async fn a_panic_a_late_answer_and_a_large_body_are_refused_in_the_language() {
    let other = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for runtime in [None, Some(other.handle().clone())] {
        let ask = |request| answer(mounted(runtime.clone(), Arc::default()), request);
        assert_eq!(ask(TestRequest::post().uri("/panic")).await, "last fault");
        assert_eq!(ask(TestRequest::post().uri("/slow")).await, "last deadline");
        assert_eq!(ask(TestRequest::post().uri("/").set_payload("12345678901")).await, "last too large");
        assert_eq!(ask(TestRequest::post().uri("/").set_payload("1234567890")).await, "last 10");
    }
    other.shutdown_background();
}
