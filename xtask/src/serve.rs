//! A small HTTP server for the site: for `cargo xtask serve`, and for the tests' browser.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use percent_encoding::percent_decode_str;
use tokio::sync::oneshot;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{hash, offline};

/// Of the model that the page loads by itself.
const MANIFEST: &str = "pkg/models/resnet50/manifest.json";

/// Options of `cargo xtask serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Port on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
}

/// Serves `root` until interrupted.
pub fn run(root: &Path, args: &Args) -> Result<()> {
    let listener = listen(args.port)?;
    let url = url(&listener)?;
    println!("camscope is at {url} (Ctrl+C stops)");
    if args.open
        && let Err(error) = open::that(&url)
    {
        eprintln!("warning: could not open a browser: {error}");
    }
    runtime()?.block_on(serve(listener, root.to_path_buf(), std::future::pending()))
}

/// A running server, stopped when dropped.
pub struct Server {
    pub url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    /// Serves `root` on a free port.
    pub fn start(root: &Path) -> Result<Self> {
        let listener = listen(0)?;
        let url = url(&listener)?;
        let runtime = runtime()?;
        let (stop, stopped) = oneshot::channel();
        let root = root.to_path_buf();
        let thread = std::thread::spawn(move || {
            let until = async {
                // Also when the sender is gone.
                let _ = stopped.await;
            };
            if let Err(error) = runtime.block_on(serve(listener, root, until)) {
                eprintln!("warning: the server stopped: {error:#}");
            }
        });
        Ok(Self {
            url,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Fails only if the server has stopped already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("starting the server")
}

/// Only on this machine: the site is for its user, and what it serves is a working copy.
fn listen(port: u16) -> Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => bail!(
            "port {port} is taken, perhaps by another `cargo xtask serve`. Stop that one, or choose a port: \
             cargo xtask serve --port {}",
            if port == 8080 { 8081 } else { 8080 }
        ),
        Err(error) => Err(error).with_context(|| format!("listening on port {port}")),
    }
}

fn url(listener: &TcpListener) -> Result<String> {
    let address: SocketAddr = listener.local_addr().context("reading the server's port")?;
    Ok(format!("http://{address}/"))
}

async fn serve(
    listener: TcpListener,
    root: PathBuf,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    // A browser's kept-alive connections must not hold the shutdown up, hence no graceful one.
    tokio::select! {
        result = axum::serve(listener, router(root)).into_future() => result.context("serving"),
        () = until => Ok(()),
    }
}

fn router(root: PathBuf) -> Router {
    let page = {
        let root = root.clone();
        get(move || std::future::ready(page(&root)))
    };
    Router::new()
        .route("/", page.clone())
        .route("/index.html", page)
        .fallback_service(ServeDir::new(root))
        .layer(middleware::from_fn(guard))
        // Browsers ask again each time, so that a rebuilt file is seen at once.
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache"),
        ))
        // Cross-origin isolation: without it a page gets no threads.
        .layer(SetResponseHeaderLayer::overriding(
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            HeaderName::from_static("cross-origin-embedder-policy"),
            HeaderValue::from_static("require-corp"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
}

/// The page, with the manifest pinned that lies there now: in a working copy the weights may be converted anew.
fn page(root: &Path) -> Response {
    let Ok(html) = std::fs::read_to_string(root.join("index.html")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let pinned = std::fs::read(root.join(MANIFEST))
        .ok()
        .and_then(|manifest| offline::pin(&html, &hash::sha256(&manifest)).ok());
    Html(pinned.unwrap_or(html)).into_response()
}

async fn guard(request: Request, next: Next) -> Response {
    if is_public(request.uri().path()) {
        next.run(request).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

/// Hidden files (`.git` above all) and what cargo builds are no part of the site. The benchmark's files are.
fn is_public(path: &str) -> bool {
    let Ok(path) = percent_decode_str(path).decode_utf8() else {
        return false;
    };
    let path = path.replace('\\', "/");
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.iter().any(|part| part.starts_with('.')) {
        return false;
    }
    match parts[..] {
        ["target", "camscope", "bench", ..] => true,
        ["target", ..] => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_site_is_public() {
        for path in ["/", "/index.html", "/pkg/models/resnet50/manifest.json"] {
            assert!(is_public(path), "{path}");
        }
        assert!(is_public("/target/camscope/bench/resnet50.onnx"));
        for path in [
            "/.git/config",
            "/%2egit/config",
            "/www/../.git/config",
            "/www/%2e%2e/.git/config",
            "/www\\..\\.git",
            "/target/release/xtask",
            "//target/release/xtask",
            "/%74arget/release/xtask",
            "/pkg/models/resnet50/.made-from",
            "/%ff",
        ] {
            assert!(!is_public(path), "{path}");
        }
    }

    /// Status and headers (lower case) of a request, and the body.
    fn get(server: &Server, path: &str) -> (u16, String, Vec<u8>) {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .into();
        let url = format!("{}{path}", server.url);
        let mut response = agent.get(&url).call().unwrap();
        let headers = format!("{:?}", response.headers()).to_lowercase();
        let body = response.body_mut().read_to_vec().unwrap();
        (response.status().as_u16(), headers, body)
    }

    #[test]
    fn files_come_with_their_type_and_without_lasting_caching() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join(".git")).unwrap();
        std::fs::write(root.join(".git/config"), "secret").unwrap();
        std::fs::write(root.join("index.html"), "<p>page</p>").unwrap();
        std::fs::write(root.join("a.js"), "export {};").unwrap();
        std::fs::write(root.join("a.wasm"), b"\0asm").unwrap();
        std::fs::write(root.join("a.safetensors"), [7; 9]).unwrap();
        let server = Server::start(root).unwrap();

        for (path, kind) in [
            ("", "text/html"),
            ("a.js", "text/javascript"),
            ("a.wasm", "application/wasm"),
            ("a.safetensors", "application/octet-stream"),
        ] {
            let (status, headers, _) = get(&server, path);
            assert_eq!(status, 200, "{path}");
            assert!(headers.contains(kind), "{path}: {headers}");
            assert!(headers.contains("no-cache"), "{path}: {headers}");
            assert!(headers.contains("require-corp"), "{path}: {headers}");
        }
        assert_eq!(get(&server, "a.safetensors").2, [7; 9]);
        // It is the page of no model, and has no title.
        assert_eq!(get(&server, "").2, b"<p>page</p>");
        assert_eq!(get(&server, "%2egit/config").0, 404);
        assert_eq!(get(&server, "missing").0, 404);
    }

    #[test]
    fn the_page_pins_the_manifest_that_lies_there_now() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::write(root.join("index.html"), "<head><title>x</title></head>").unwrap();
        std::fs::create_dir_all(root.join(MANIFEST).parent().unwrap()).unwrap();
        let server = Server::start(root).unwrap();
        for manifest in ["{}", "{ }"] {
            std::fs::write(root.join(MANIFEST), manifest).unwrap();
            for path in ["", "index.html"] {
                let page = String::from_utf8(get(&server, path).2).unwrap();
                let pin = hash::sha256(manifest.as_bytes());
                assert!(page.contains(&format!("content=\"{pin}\"")), "{page}");
            }
        }
    }

    #[test]
    fn a_taken_port_is_explained() {
        let first = listen(0).unwrap();
        let port = first.local_addr().unwrap().port();
        let error = listen(port).unwrap_err().to_string();
        assert!(error.contains(&format!("port {port} is taken")), "{error}");
        assert!(error.contains("--port"), "{error}");
    }
}
