"""Start the portal as people start it, in a folder of its own, and end exactly what was started."""

import fcntl
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

NOT_INHERITED = {"DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE", "MAKEFLAGS", "MAKELEVEL", "PORTAL_PREPARED"}
ROOT = pathlib.Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def open_to_servers(folder):
    """Let an unprivileged account, as which PostgreSQL runs for root, enter a folder of pytest."""
    temporary = pathlib.Path(tempfile.gettempdir()).resolve()
    for parent in [folder, *folder.parents]:
        if parent == temporary or temporary not in parent.parents:
            break
        parent.chmod(0o755)
    return folder


def prepared(folder):
    """The folder with what a first start leaves in PORTAL_DATA: made once per run of the tests, by whoever is first."""
    open_to_servers(folder)
    shared = pathlib.Path(os.environ["PORTAL_PREPARED"])  # see tests/portal.py
    data, half = open_to_servers(shared) / "data", shared / "half"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not data.exists():
            half.mkdir()
            portal = Portal(half)
            try:
                portal.wait_until_ready()
            finally:
                portal.stop()
            with (half / "postgres" / "cluster" / "postgresql.auto.conf").open("a") as conf:
                conf.write("fsync = off\n")  # as in tests.portal
            half.rename(data)
    subprocess.run(["cp", "-a", f"{data}/.", folder], check=True)  # owners kept: PostgreSQL insists on its account
    return folder


class Portal:
    """A running `make run`; `output` holds what it printed.

    Args:
        folder: PORTAL_DATA, the folder for database and files.
        code: the folder with the portal's own code.
        variables: further environment variables.
    """

    def __init__(self, folder, port=None, command=("manage.py", "run"), code=ROOT, **variables):
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in NOT_INHERITED},
            "PORTAL_MODE": "development",
            "PORTAL_DATA": str(folder),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            **variables,
        }
        program = [sys.executable, *command] if command[0].endswith(".py") else list(command)
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            program,
            cwd=code,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # so that signals reach what was started, as Ctrl-C in a terminal does, and nothing else
        )
        self.output = ""

    def wait_until_ready(self, seconds=120):
        for line in self.process.stdout:
            self.output += line
            if "/redaktion/" in line:
                self.seconds_to_ready = time.monotonic() - self.started
                return self
            assert time.monotonic() - self.started < seconds, self.output
        raise AssertionError(self.output)

    @property
    def login(self):
        return re.search(r"Anmeldung: (\S+) / (\S+)", self.output).groups()

    def ask(self, path):
        """(status, headers, text) of a page."""
        try:
            answer = urllib.request.urlopen(self.address + path, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers, answer.read().decode(errors="replace")

    def get(self, path):
        """(status, text) of a page."""
        status, _, text = self.ask(path)
        return status, text

    def signal(self, number):
        """Send a signal to the whole group, as a terminal does, and wait for the end."""
        os.killpg(self.process.pid, number)
        self.finish()

    def finish(self, seconds=60):
        rest, _ = self.process.communicate(timeout=seconds)
        self.output += rest
        return self.process.returncode

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGINT)


def processes_naming(text) -> list[str]:
    """Command lines of living processes that contain a text, such as a folder of ours."""
    lines = subprocess.run(
        ["ps", "-eo", "pid,stat,args"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [line for line in lines if str(text) in line and " Z" not in line]
