//! One company by itself: its folder, its server, and a home that is its own, so that nothing outside is touched.

use crate::circle::{json, program};
use serde_json::Value;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A company, with its server if that was started.
pub struct Shop {
    root: TempDir,
    server: Option<Child>,
}

impl Shop {
    /// A new folder of `did:web:shop.example`, with what a person would type.
    pub fn new() -> Self {
        Self::with_key(None)
    }

    /// The same with a private key that is known already, in the clear.
    pub fn with_key(jwk: Option<&str>) -> Self {
        let root = tempfile::Builder::new().prefix("adit-shop-").tempdir().unwrap();
        let shop = Self { root, server: None };
        for dir in ["home", "bin", "shop/keys"] {
            std::fs::create_dir_all(shop.root.path().join(dir)).unwrap();
        }
        symlink(program(), shop.root.path().join("bin/adit")).unwrap();
        if let Some(jwk) = jwk {
            shop.write("keys/key.json", jwk);
            shop.mode("keys/key.json", 0o600);
        }
        shop.hosts(&[]);
        let hosts = shop.root.path().join("hosts.toml");
        let init = ["init", "--did", "did:web:shop.example", "--name", "Shop", "--hosts-file"];
        shop.done(&[&init[..], &[hosts.to_str().unwrap()]].concat());
        shop
    }

    /// The company's folder.
    pub fn folder(&self) -> PathBuf {
        self.root.path().join("shop")
    }

    /// The folder of its partners' folders and its own.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Changes the permissions of a file of the folder.
    pub fn mode(&self, name: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.folder().join(name), permissions).unwrap();
    }

    /// Puts settings before those of the folder.
    pub fn set(&self, settings: &str) {
        let path = self.folder().join("adit.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, format!("{settings}\n{text}")).unwrap();
    }

    /// Where names lead, beside the company's own once its server runs.
    pub fn hosts(&self, others: &[(&str, SocketAddr)]) {
        let mut lines: Vec<String> =
            others.iter().map(|(name, address)| format!("\"{name}\" = \"{address}\"")).collect();
        if let Some(address) = self.address() {
            for name in ["shop.example", "connector.shop.example"] {
                lines.push(format!("\"{name}\" = \"{address}\""));
            }
        }
        std::fs::write(self.root.path().join("hosts.toml"), lines.join("\n")).unwrap();
    }

    /// The address of the running server.
    pub fn address(&self) -> Option<SocketAddr> {
        self.server.as_ref()?;
        std::fs::read_to_string(self.folder().join(".adit/address")).ok()?.parse().ok()
    }

    /// The process of the running server.
    pub fn pid(&self) -> u32 {
        self.server.as_ref().unwrap().id()
    }

    /// Starts the server on a port that the system chooses, and leads the company's names there.
    pub fn serve(&mut self) {
        let mut command =
            self.command(&["serve", "--listen", "127.0.0.1:0", "--until-stdin-closes"]);
        let log = std::fs::File::create(self.log_file()).unwrap();
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        self.server = Some(command.spawn().unwrap());
        let begun = Instant::now();
        while self.address().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(30), "{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        self.hosts(&[]);
    }

    /// Ends the server as its keeper does, by closing its standard input.
    pub fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            drop(server.stdin.take());
            server.wait().unwrap();
        }
    }

    /// What the server logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.root.path().join("log")
    }

    /// A command in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.shell_like(program().to_str().unwrap());
        command.arg("-C").arg(self.folder()).args(arguments);
        command
    }

    /// A command line, as a person would paste it into a shell where `adit` is installed.
    pub fn shell(&self, line: &str) -> Output {
        let mut command = self.shell_like("sh");
        command.args(["-c", line]).output().unwrap()
    }

    fn shell_like(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let bin = self.root.path().join("bin");
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", bin.display()));
        command.env("HOME", self.root.path().join("home")).env_remove("XDG_CONFIG_HOME");
        command.env("LC_ALL", "C").env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    /// Runs a command, whatever comes of it.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed.
    pub fn done(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        output
    }

    /// What `adit doctor --json` says, with its exit code.
    pub fn doctor(&self) -> (Value, i32) {
        let output = self.run(&["doctor", "--json"]);
        (json(&output), output.status.code().unwrap())
    }

    /// The finding of a code, if there is one.
    pub fn finding(&self, code: &str) -> Option<Value> {
        let (said, _) = self.doctor();
        said["findings"].as_array().unwrap().iter().find(|it| it["code"] == code).cloned()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.stop();
    }
}
