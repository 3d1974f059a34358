//! Several companies on this machine, each a process of its own, as the demo and the tests start them.

use crate::clock;
use crate::error::Error;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// How long a company may take to start.
const START_S: u64 = 30;

/// The circle as `demo.toml` describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Who takes part.
    pub company: Vec<Member>,
    /// Who invites whom.
    pub invitation: Vec<Invitation>,
    /// Who issues which credential to a client.
    pub credential: Vec<Credential>,
    /// The clients, which have no server.
    pub client: Vec<Client>,
}

/// A company with a server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its folder among the examples, and its name here.
    pub folder: String,
    /// Its DID.
    pub did: String,
    /// The issuers that it trusts beside itself, by type.
    #[serde(default)]
    pub trusts: BTreeMap<String, String>,
    /// Whether it has files to publish.
    #[serde(default = "yes")]
    pub publishes: bool,
}

/// Who invites whom.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// The folder of the inviter.
    pub from: String,
    /// The folder of the invited.
    pub to: String,
}

/// A credential for a client.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// The folder of the issuer.
    pub issuer: String,
    /// The folder of the holder.
    pub holder: String,
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
}

/// A client without a server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Its folder.
    pub folder: String,
    /// The name that people read.
    pub name: String,
}

fn yes() -> bool {
    true
}

/// Companies that run.
#[derive(Debug)]
pub struct Circle {
    program: PathBuf,
    root: PathBuf,
    plan: Plan,
    running: BTreeMap<String, Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    address: SocketAddr,
}

impl Circle {
    /// Copies the example companies into a folder and makes each a company: key, policies, trust list.
    pub fn prepare(program: &Path, examples: &Path, root: &Path) -> Result<Self, Error> {
        let path = examples.join("demo.toml");
        let text = std::fs::read_to_string(&path).map_err(|e| Error::file(&path, e))?;
        let plan: Plan =
            toml::from_str(&text).map_err(|e| Error::Settings { path, message: e.to_string() })?;
        let circle = Self {
            program: program.to_owned(),
            root: root.to_owned(),
            plan,
            running: BTreeMap::new(),
        };
        std::fs::write(root.join("hosts.toml"), "").map_err(|e| Error::file(root, e))?;
        for member in &circle.plan.company {
            copy(&examples.join(&member.folder), &circle.folder(&member.folder))?;
            circle.append_network(&member.folder)?;
            let secret = format!("../{}.passphrase", member.folder);
            circle.adit(&member.folder, &["init", "--passphrase-file", &secret])?;
        }
        for client in &circle.plan.client {
            copy(&examples.join(&client.folder), &circle.folder(&client.folder))?;
            let secret = format!("../{}.passphrase", client.folder);
            let hosts = ["--hosts-file", "../hosts.toml", "--passphrase-file", &secret];
            let init = [&["init", "--name", &client.name], &hosts[..]].concat();
            circle.adit(&client.folder, &init)?;
        }
        Ok(circle)
    }

    /// Starts every company and tells each where the others are.
    pub fn start(&mut self) -> Result<(), Error> {
        for member in self.plan.company.clone() {
            self.start_one(&member.folder, &member.did)?;
        }
        Ok(())
    }

    /// Starts one company on a port that the system chooses, and notes its names for the others.
    pub fn start_one(&mut self, name: &str, did: &str) -> Result<SocketAddr, Error> {
        let folder = self.folder(name);
        let address_file = folder.join(".adit/address");
        drop(std::fs::remove_file(&address_file));
        let log = std::fs::File::create(self.root.join(format!("{name}.log")))
            .map_err(|e| Error::file(&self.root, e))?;
        let child = Command::new(&self.program)
            .args(["serve", "--listen", "127.0.0.1:0", "--until-stdin-closes", "-C"])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|e| Error::file(&self.program, e))?;
        let address = self.wait_for(child, name, &address_file)?;
        self.note_hosts(did, address)?;
        Ok(address)
    }

    fn wait_for(&mut self, mut child: Child, name: &str, file: &Path) -> Result<SocketAddr, Error> {
        let started = clock::instant();
        loop {
            let found = std::fs::read_to_string(file).ok().and_then(|text| text.parse().ok());
            if let Some(address) = found {
                self.running.insert(name.to_owned(), Running { child, address });
                return Ok(address);
            }
            let ended = child.try_wait().ok().flatten().is_some();
            if ended || started.elapsed() > Duration::from_secs(START_S) {
                let log = std::fs::read_to_string(self.root.join(format!("{name}.log")));
                return Err(Error::Internal(format!(
                    "{name} did not start: {}",
                    log.unwrap_or_default()
                )));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The names of a company: its domain, its connector and its identifiers.
    fn note_hosts(&self, did: &str, address: SocketAddr) -> Result<(), Error> {
        let path = self.root.join("hosts.toml");
        let domain = did.trim_start_matches("did:web:");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let mut hosts: BTreeMap<String, String> = toml::from_str(&text).unwrap_or_default();
        for name in [domain.to_owned(), format!("connector.{domain}"), format!("id.{domain}")] {
            hosts.insert(name, address.to_string());
        }
        let text = toml::to_string(&hosts).map_err(|e| Error::Internal(e.to_string()))?;
        crate::folder::write(&path, text.as_bytes(), false)
    }

    /// Lets the companies meet: invitations, trust in issuers of credentials, credentials for clients.
    pub fn meet(&self) -> Result<(), Error> {
        for Invitation { from, to } in &self.plan.invitation {
            self.invite(from, to, &self.did_of(to)?)?;
        }
        for member in &self.plan.company {
            for (kind, issuer) in &member.trusts {
                self.adit(&member.folder, &["trust", "add", issuer, "--type", kind])?;
            }
        }
        for Credential { issuer, holder, kind } in &self.plan.credential {
            let whoami = self.adit(holder, &["whoami", "--json"])?;
            let who: serde_json::Value = serde_json::from_slice(&whoami.stdout)
                .map_err(|e| Error::Internal(e.to_string()))?;
            let did = who["did"].as_str().unwrap_or_default().to_owned();
            let output = self.folder(holder).join("credentials").join(format!("{issuer}.jwt"));
            let output = output.display().to_string();
            let issue = ["credential", "issue", "--type", kind, "--to", &did, "--output", &output];
            self.adit(issuer, &issue)?;
        }
        Ok(())
    }

    /// One company invites another, and that one joins.
    pub fn invite(&self, from: &str, to: &str, did: &str) -> Result<(), Error> {
        let invitation = self.root.join(format!("invitation-{from}-{to}.json"));
        let invitation = invitation.display().to_string();
        self.adit(from, &["invite", did, "--output", &invitation])?;
        self.adit(to, &["join", &invitation])?;
        Ok(())
    }

    /// Every company publishes the files of its folder.
    pub fn publish(&self) -> Result<Vec<String>, Error> {
        let publishing = self.plan.company.iter().filter(|member| member.publishes);
        publishing
            .map(|member| {
                let output = self.adit(&member.folder, &["publish", "--json"])?;
                let done: serde_json::Value = serde_json::from_slice(&output.stdout)
                    .map_err(|e| Error::Internal(e.to_string()))?;
                Ok(format!("{}: {} facts", self.name_of(&member.folder), done["facts"]))
            })
            .collect()
    }

    /// Runs a command in a company's folder; a failure is an error with what it said.
    pub fn adit(&self, name: &str, arguments: &[&str]) -> Result<Output, Error> {
        let output = self.run(name, arguments)?;
        if output.status.success() {
            return Ok(output);
        }
        Err(Error::Internal(format!(
            "adit {} in {name}: {}{}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )))
    }

    /// Runs a command in a company's folder, whatever comes of it.
    pub fn run(&self, name: &str, arguments: &[&str]) -> Result<Output, Error> {
        Command::new(&self.program)
            .arg("-C")
            .arg(self.folder(name))
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|e| Error::file(&self.program, e))
    }

    /// A company's folder.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Where everything is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Where a company answers.
    pub fn address(&self, name: &str) -> Option<SocketAddr> {
        self.running.get(name).map(|running| running.address)
    }

    /// The process id of a company's server.
    pub fn process(&self, name: &str) -> Option<u32> {
        self.running.get(name).map(|running| running.child.id())
    }

    /// The loopback address of an item, where its company runs here.
    pub fn loopback(&self, iri: &str) -> Option<String> {
        let rest = iri.strip_prefix("https://")?;
        let (host, path) = rest.split_once('/')?;
        let text = std::fs::read_to_string(self.root.join("hosts.toml")).ok()?;
        let hosts: BTreeMap<String, String> = toml::from_str(&text).ok()?;
        Some(format!("http://{}/{path}", hosts.get(host)?))
    }

    /// Asks one company to end, as a service manager does, and says whether it did within some seconds.
    pub fn terminate(&mut self, name: &str) -> bool {
        let Some(mut running) = self.running.remove(name) else { return false };
        let process = running.child.id().to_string();
        drop(Command::new("kill").args(["-TERM", &process]).status());
        let started = clock::instant();
        while started.elapsed() < Duration::from_secs(10) {
            if running.child.try_wait().is_ok_and(|ended| ended.is_some_and(|it| it.success())) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(running.child.kill());
        drop(running.child.wait());
        false
    }

    /// Ends one company at once, as a power cut would.
    pub fn kill(&mut self, name: &str) {
        if let Some(mut running) = self.running.remove(name) {
            drop(running.child.kill());
            drop(running.child.wait());
        }
    }

    fn did_of(&self, name: &str) -> Result<String, Error> {
        let member = self.plan.company.iter().find(|member| member.folder == name);
        let unknown = || Error::Usage(format!("demo.toml knows no company '{name}'"));
        Ok(member.ok_or_else(unknown)?.did.clone())
    }

    fn name_of(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.folder(name).join("adit.toml")).unwrap_or_default();
        let settings: toml::Table = text.parse().unwrap_or_default();
        settings.get("name").and_then(|it| it.as_str()).unwrap_or(name).to_owned()
    }

    fn append_network(&self, name: &str) -> Result<(), Error> {
        let path = self.folder(name).join("adit.toml");
        let mut text = std::fs::read_to_string(&path).map_err(|e| Error::file(&path, e))?;
        text.push_str("\n[network]\nhosts_file = \"../hosts.toml\"\n");
        std::fs::write(&path, text).map_err(|e| Error::file(&path, e))
    }
}

impl Drop for Circle {
    fn drop(&mut self) {
        for running in self.running.values_mut() {
            // Closing its standard input asks a server to end; it has a moment for it.
            drop(running.child.stdin.take());
        }
        for running in self.running.values_mut() {
            let started = clock::instant();
            while running.child.try_wait().is_ok_and(|ended| ended.is_none()) {
                if started.elapsed() > Duration::from_secs(3) {
                    drop(running.child.kill());
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(to).map_err(|e| Error::file(to, e))?;
    for entry in std::fs::read_dir(from).map_err(|e| Error::file(from, e))? {
        let path = entry.map_err(|e| Error::file(from, e))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            std::fs::copy(&path, &target).map_err(|e| Error::file(&path, e))?;
        }
    }
    Ok(())
}
