"""The programs that stand around several machines, each on a free port of this one: S3, its mounts, HAProxy, PgBouncer."""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import venv
from contextlib import contextmanager

import psycopg

from forum.database import NAME, USER, EmbeddedServer
from tests.servers import ROOT, free_port

FOLDER = ROOT / "var" / "growth"
S3_SERVER = "moto[server]==5.2.5"
BUCKET = "portal"
PROGRAMS = {  # what it is called → how to install it
    "haproxy": "sudo apt-get install haproxy",
    "rclone": "sudo apt-get install rclone",
    "fusermount3": "sudo apt-get install fuse3",
    "pgbouncer": "sudo apt-get install pgbouncer",
}


def missing() -> list[str]:
    """What has to be installed, in German."""
    lacking = [f"{name} („{command}“)" for name, command in PROGRAMS.items() if not find(name)]
    if not os.access("/dev/fuse", os.W_OK):
        lacking.append("das Recht, Ordner einzuhängen (/dev/fuse)")
    return lacking


def find(name) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


@contextmanager
def running(command, port=None, **options):
    """Run a program until the end of the `with` block; with a port, wait until it listens there."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
    try:
        if port:
            wait_for(lambda: listens(port) or process.poll() is not None)
            assert process.poll() is None, f"{command[0]} ist nicht gestartet"
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def wait_for(holds, seconds=30.0):
    """Returns the seconds it took; raises AssertionError."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < seconds, "zu lange gewartet"
        time.sleep(0.02)
    return time.monotonic() - start


def s3_program() -> pathlib.Path:
    """An S3 server in an environment beside ours, installed when it is missing."""
    program = FOLDER / "python" / "bin" / "moto_server"
    if not program.exists():
        print(f"▸ {S3_SERVER} installieren (pip) …", flush=True)
        venv.create(FOLDER / "python", with_pip=True)
        command = [FOLDER / "python" / "bin" / "python", "-m", "pip", "install", "--quiet", "--quiet", S3_SERVER]
        if subprocess.run(command, check=False).returncode:
            sys.exit(f"✗ pip konnte {S3_SERVER} nicht installieren: Bitte prüfen Sie Netz und freien Speicherplatz.")
    return program


@contextmanager
def s3_server():
    """Run an S3 server with an empty bucket; gives its address."""
    port = free_port()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with running([s3_program(), "-H", "127.0.0.1", "-p", str(port)], port, **quiet):
        address = f"http://127.0.0.1:{port}"
        urllib.request.urlopen(urllib.request.Request(f"{address}/{BUCKET}", method="PUT"), timeout=20).close()
        yield address


@contextmanager
def mounted(s3: str, place: pathlib.Path):
    """The bucket as a folder, as docs/growing.md says."""
    place.mkdir()
    source = f":s3,provider=Other,env_auth=true,force_path_style=true,endpoint='{s3}':{BUCKET}"
    options = ["--vfs-cache-mode", "writes", "--vfs-write-back", "0s", "--dir-cache-time", "0s", "--umask", "022"]
    options += ["--config", "/dev/null", "--cache-dir", f"{place}-cache", "--log-file", f"{place}.log"]
    keys = {"AWS_ACCESS_KEY_ID": "portal", "AWS_SECRET_ACCESS_KEY": "nur-zum-messen"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | keys
    with running([find("rclone"), "mount", source, place, *options], env=environment) as process:
        wait_for(lambda: place.is_mount() or process.poll() is not None)
        assert place.is_mount(), pathlib.Path(f"{place}.log").read_text()
        yield place


@contextmanager
def proxy(folder: pathlib.Path, ports: list[int]):
    """HAProxy with the file that docs/ shows, on other ports and without TLS; gives its port."""
    port, config = free_port(), folder / "haproxy.cfg"
    lines = (ROOT / "docs" / "haproxy.cfg").read_text().splitlines()
    text = "\n".join(line for line in lines if "bind :443" not in line and "redirect scheme" not in line) + "\n"
    changes = {"bind :80": f"bind 127.0.0.1:{port}", "WEB1:8000": f"127.0.0.1:{ports[0]}"}
    for old, new in (changes | {"WEB2:8000": f"127.0.0.1:{ports[1]}"}).items():
        assert old in text
        text = text.replace(old, new)
    config.write_text(text)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with running([find("haproxy"), "-db", "-f", config], port, **quiet):
        yield port


@contextmanager
def pooler(folder: pathlib.Path, server: EmbeddedServer, connections: int):
    """PgBouncer in transaction mode, as docs/growing.md says; gives its address for DATABASE_URL."""
    port, config = free_port(), folder / "pgbouncer.ini"
    config.write_text(
        f"[databases]\n{NAME} = host={server.sockets} user={USER}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"pool_mode = transaction\nadmin_users = {USER}\ndefault_pool_size = {connections}\nmax_client_conn = 200\nlogfile = {config}.log\n"
        "query_wait_timeout = 10\nignore_startup_parameters = extra_float_digits\n"
    )
    config.chmod(0o644)
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if server.account:  # like PostgreSQL it refuses to run as root
        (log := pathlib.Path(f"{config}.log")).touch()
        os.chown(log, server.account.pw_uid, server.account.pw_gid)
        options |= {"user": server.account.pw_uid, "group": server.account.pw_gid, "extra_groups": []}
    with running([find("pgbouncer"), config], port, **options):
        yield f"postgresql://{USER}@127.0.0.1:{port}/{NAME}"


def lent(address: str) -> int:
    """How many connections a pooler has opened to the server."""
    with psycopg.connect(address.removesuffix(NAME) + "pgbouncer", autocommit=True) as console:
        return len(console.execute("SHOW SERVERS").fetchall())
