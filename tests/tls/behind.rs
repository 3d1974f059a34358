//! A connector behind a web server, by the sample that is shipped.

use super::wait_until;
use crate::attack::names::Names;
use crate::attack::secure::{self, Authority, Issued, free_port};
use crate::circle::{json, program, root, text};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// A web server that ends with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// `deploy/nginx.conf`, with the places of this test in it.
fn nginx(folder: &Path, port: u16, connector: SocketAddr, certificate: &Issued) -> Running {
    let sample = std::fs::read_to_string(root().join("deploy/nginx.conf")).unwrap();
    std::fs::write(folder.join("fullchain.pem"), &certificate.pem).unwrap();
    std::fs::write(folder.join("privkey.pem"), &certificate.key_pem).unwrap();
    let place = folder.display().to_string();
    let mut text = sample;
    for (from, to) in [
        ("    listen [::]:443 ssl;\n", String::new()),
        ("listen 443 ssl;", format!("listen 127.0.0.2:{port} ssl;")),
        ("server 127.0.0.1:8080;", format!("server {connector};")),
        ("/etc/ssl/shop.example", place.clone()),
        ("/var/www/adit", place.clone()),
    ] {
        assert!(text.contains(from), "deploy/nginx.conf has no {from}");
        text = text.replace(from, &to);
    }
    // One process, which whoever runs the test is: what ends with it leaves nobody behind.
    let main = format!(
        "daemon off;\nmaster_process off;\npid {place}/nginx.pid;\nerror_log {place}/error.log;\n\
         events {{}}\nhttp {{\n  access_log off;\n  client_body_temp_path {place}/body;\n  \
         proxy_temp_path {place}/proxy;\n  fastcgi_temp_path {place}/fastcgi;\n  uwsgi_temp_path {place}/uwsgi;\n  \
         scgi_temp_path {place}/scgi;\n{text}}}\n"
    );
    let path = folder.join("nginx.conf");
    std::fs::write(&path, main).unwrap();
    let child = Command::new("/usr/sbin/nginx")
        .arg("-p")
        .arg(folder)
        .arg("-c")
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("nginx is there; make test installs it");
    let running = Running(child);
    wait_until("nginx", || TcpStream::connect(("127.0.0.2", port)).is_ok());
    running
}

#[test]
fn a_connector_behind_a_web_server_is_found_by_the_document_that_was_exported() {
    let work = tempfile::tempdir().unwrap();
    let names = Names::start();
    let port = free_port("127.0.0.2");
    let domains = ["shop.example", "connector.shop.example", "id.shop.example"];
    for name in domains {
        names.lead(name, &["127.0.0.2"]);
    }
    let authority = Authority::new("Authority of the test");
    let did = format!("did:web:shop.example%3A{port}");
    let base = format!("https://connector.shop.example:{port}");
    let adit = |folder: &str, arguments: &[&str]| -> Output {
        let output = Command::new(program())
            .arg("-C")
            .arg(work.path().join(folder))
            .args(arguments)
            .env("ADIT_NETWORK_DNS", names.address.to_string())
            .env("ADIT_NETWORK_ALLOW", "127.0.0.2/32")
            .env("ADIT_NETWORK_PORTS", port.to_string())
            .env("ADIT_NETWORK_ROOTS", work.path().join("roots.pem"))
            .env("XDG_CONFIG_HOME", work.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output
    };
    std::fs::write(work.path().join("roots.pem"), authority.pem()).unwrap();
    adit("shop", &["init", "--did", &did, "--name", "Shop", "--base", &base]);
    adit("client", &["init", "--name", "A researcher"]);

    let mut serving = Command::new(program())
        .args(["serve", "--listen", "127.0.0.1:0", "--until-stdin-closes", "-C"])
        .arg(work.path().join("shop"))
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let address = work.path().join("shop/.adit/address");
    wait_until("the connector", || address.exists());
    let connector = std::fs::read_to_string(address).unwrap().parse().unwrap();
    let served = work.path().join("served");
    std::fs::create_dir(&served).unwrap();
    let file = served.join("did.json");
    let told =
        json(&adit("shop", &["did", "export", "--output", file.to_str().unwrap(), "--json"]));
    assert_eq!(told["address"], format!("https://shop.example:{port}/.well-known/did.json"));
    let printed: serde_json::Value =
        serde_json::from_str(&text(&adit("shop", &["did", "export"]))).unwrap();
    let written: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(printed, written);
    assert_eq!(written["id"], did);
    let nginx = nginx(&served, port, connector, &authority.issue(&domains));

    // The document lies on the web server, the connector behind it: a bearer comes back through both.
    let bearer = text(&adit("client", &["token", "--peer", &did]));
    assert!(bearer.trim().len() > 30, "{bearer}");
    let client = authority.client();
    let at = SocketAddr::from(([127, 0, 0, 2], port));
    let get = |host: &str, path: &str| secure::get(&client, at, host, path).unwrap();
    assert_eq!(get("connector.shop.example", "/healthz").0, 200);
    // A page that is not there is told by the connector, not by the web server.
    let (status, body, _) = get("id.shop.example", "/p/1/1");
    assert!(status == 404 && body.contains("not-found"), "{status} {body}");
    drop(nginx);
    drop(serving.stdin.take());
    assert!(serving.wait().unwrap().success());
}
