//! The files of `infra/ci`, as their CI runs them: the script out of the file, by the shell and with the variables that the CI's documentation
//! names, in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use countersign_tests::{Run, unique, until, until_within};
use yaml_rust2::{Yaml, YamlLoader};

use crate::binary::program;

/// What people wrote, with everything that a shell, jq or a CI could take for its own.
pub(crate) const HOSTILE: &str = "fix \"quotes\" and 'ticks'\n$(touch pwned) `touch pwned` ${HOME} $((6*7)) $CI_JOB_ID\n'; touch pwned; '\n\
    \"; touch pwned; \"\n\\(env) \\n %s %n {{7*7}} ${{ github.token }}\nEOF\ntouch pwned\n| touch pwned & touch pwned\n> pwned\n\
    ::error::not from the workflow\n-- --name taken\n!! ~ * ? [a-z] \\\n\tЖ ✓ <b>bold</b>";

/// The local part of an address with everything of that kind that one may have.
pub(crate) const HOSTILE_NAME: &str = "o'neil`id`$home{a}&b|c*#d";

/// More than a job takes once the request is decided.
const LONGEST: Duration = Duration::from_secs(90);

/// One job. Its folder is there as long as this is.
pub(crate) struct Job {
    run: Run,
    variables: BTreeMap<String, String>,
    folder: PathBuf,
}

/// A job that runs. What it says goes into files, so that it can be read along.
pub(crate) struct Running {
    child: Child,
    folder: PathBuf,
    said: [PathBuf; 2],
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Job {
    /// The step of GitHub's workflow that asks; `message` is the commit's.
    pub(crate) fn of_github(run: &Run, message: &str) -> Self {
        let job = &file("github.yml")["jobs"]["approval"];
        let steps = job["steps"].as_vec().unwrap_or_else(|| panic!("the job has no steps"));
        let asks =
            |step: &&Yaml| step["run"].as_str().is_some_and(|script| script.contains("countersign request"));
        let step = steps.iter().find(asks).unwrap_or_else(|| panic!("no step asks"));
        assert_eq!(step["shell"].as_str(), Some("bash"), "which GitHub runs with -eo pipefail");
        let mut variables = texts(&job["env"]);
        for (name, value) in texts(&step["env"]) {
            let filled_in = value.replace("${{ github.event.head_commit.message }}", "");
            assert!(value.is_empty() || filled_in.is_empty(), "the tests do not know {value}");
            variables.insert(name, message.to_owned());
        }
        Self::new(run, &format!("set -eo pipefail\n{}", text(&step["run"])), variables)
    }

    /// The script of GitLab's job; it takes on its role by itself.
    pub(crate) fn of_gitlab(run: &Run) -> Self {
        let job = &file("gitlab.yml")["approval"];
        Self::new(run, &format!("set -eo pipefail\n{}", lines(&job["script"])), texts(&job["variables"]))
    }

    /// The commands of `CodeBuild` before its build, in a clone whose last commit has this message.
    pub(crate) fn of_code_build(run: &Run, message: &str) -> Self {
        let file = file("buildspec.yml");
        assert_eq!(file["env"]["shell"].as_str(), Some("bash"));
        // The first command that fails ends the phase.
        let script = format!("set -e\n{}", lines(&file["phases"]["pre_build"]["commands"]));
        let mut job = Self::new(run, &script, texts(&file["env"]["variables"]));
        job.git(&["init", "--quiet"], "");
        job.git(&["commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--file=-"], message);
        let commit = job.git(&["rev-parse", "HEAD"], "");
        job.set("CODEBUILD_RESOLVED_SOURCE_VERSION", commit.trim());
        job
    }

    fn new(run: &Run, text: &str, variables: BTreeMap<String, String>) -> Self {
        let folder = std::env::temp_dir().join(unique("pipeline"));
        for part in ["work", "temporary"] {
            fs::create_dir_all(folder.join(part))
                .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        }
        let mut job = Self { run: run.clone(), variables, folder };
        job.set("AWS_REGION", "us-east-1");
        let script = job.script();
        fs::write(&script, text).unwrap_or_else(|error| panic!("{}: {error}", script.display()));
        job
    }

    fn script(&self) -> PathBuf {
        self.folder.join("script")
    }

    fn work(&self) -> PathBuf {
        self.folder.join("work")
    }

    /// Sets a variable as the CI does, or as whoever copied the file has changed it.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Sets several.
    pub(crate) fn with<'n, 'v>(mut self, variables: impl IntoIterator<Item = (&'n str, &'v str)>) -> Self {
        variables.into_iter().for_each(|(name, value)| self.set(name, value));
        self
    }

    pub(crate) fn variable(&self, name: &str) -> &str {
        self.variables.get(name).unwrap_or_else(|| panic!("the job has no {name}"))
    }

    fn git(&self, arguments: &[&str], input: &str) -> String {
        let input_file = self.folder.join("input");
        fs::write(&input_file, input).unwrap_or_else(|error| panic!("{}: {error}", input_file.display()));
        let input =
            fs::File::open(&input_file).unwrap_or_else(|error| panic!("{}: {error}", input_file.display()));
        let mut command = Command::new("git");
        command.args(["-c", "user.name=Dev", "-c", "user.email=dev@example.com"]).args(arguments);
        let output = command.current_dir(self.work()).stdin(input).output();
        let output = output.unwrap_or_else(|error| panic!("git: {error}"));
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Starts it, with nothing in its environment that the CI does not set.
    pub(crate) fn start(&self) -> Running {
        let program = program();
        let mut path = program.parent().map(Path::as_os_str).unwrap_or_default().to_owned();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc"]).arg(self.script()).current_dir(self.work()).env_clear();
        command.env("PATH", path).env("HOME", &self.folder).env("TMPDIR", self.folder.join("temporary"));
        command.env("AWS_ENDPOINT_URL", self.run.emulator()).envs(&self.variables);
        let said = ["out", "err"].map(|name| self.folder.join(unique(name)));
        let [out, err] = said
            .each_ref()
            .map(|path| fs::File::create(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
        // What it runs ends with it.
        command.process_group(0);
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
        let child = child.unwrap_or_else(|error| panic!("bash: {error}"));
        Running { child, folder: self.folder.clone(), said }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).ok();
    }
}

impl Drop for Running {
    /// A job of a test that has failed does not go on waiting.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let group = format!("kill -- -{}", self.child.id());
            Command::new("bash").args(["-c", &group]).status().ok();
            self.child.wait().ok();
        }
    }
}

impl Running {
    /// Waits until it says this.
    pub(crate) fn shows(&self, text: &str) {
        until(&format!("{text:?} in the job's output"), || self.said().concat().contains(text).then_some(()));
    }

    fn said(&self) -> [String; 2] {
        self.said.each_ref().map(|path| {
            fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        })
    }

    /// Waits for its end. Whatever was written must have executed nothing.
    pub(crate) fn ended(mut self) -> Ended {
        let status = until_within(LONGEST, "end of the job", || {
            self.child.try_wait().unwrap_or_else(|error| panic!("bash: {error}"))
        });
        let [out, err] = self.said();
        let ended = Ended { code: status.code(), out, err };
        let left = files_in(&self.folder.join("work"));
        assert!(left.iter().all(|(name, _)| name == ".git"), "the job left {left:?}: {ended:?}");
        for (name, mode) in files_in(&self.folder.join("temporary")) {
            assert_eq!(mode & 0o077, 0, "others can read {name}");
        }
        ended
    }
}

/// The names of what is in a folder, with their modes.
fn files_in(folder: &Path) -> Vec<(String, u32)> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let entries = entries.map(|entry| entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display())));
    let mode =
        |entry: &fs::DirEntry| entry.metadata().map(|found| found.permissions().mode()).unwrap_or_default();
    entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), mode(&entry))).collect()
}

fn file(name: &str) -> Yaml {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/ci").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut documents =
        YamlLoader::load_from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    documents.remove(0)
}

fn text(value: &Yaml) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value:?} is no text")).to_owned()
}

/// One command after the other.
fn lines(commands: &Yaml) -> String {
    let commands = commands.as_vec().unwrap_or_else(|| panic!("{commands:?} is no list"));
    commands.iter().map(|command| text(command) + "\n").collect()
}

fn texts(variables: &Yaml) -> BTreeMap<String, String> {
    let variables = variables.as_hash().into_iter().flatten();
    variables.map(|(name, value)| (text(name), text(value))).collect()
}
