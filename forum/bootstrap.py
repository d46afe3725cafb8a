"""Make .venv hold exactly what a lock file names.

Runs before anything is installed, so it needs nothing but Python's own library, and it must still be readable
by an older Python in order to refuse it politely. Call it isolated (`python3 -I forum/bootstrap.py local`), so
that modules of this folder cannot shadow the library's.

Arguments: `local` (site and embedded PostgreSQL) or `test` (everything `make test` needs, Chromium and Redis included).
"""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
NEEDED_BYTES = 700_000_000
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
HEADLESS = "chromium-headless-shell"  # of the same engine what needs no screen: half the work for the same judgement
REDIS_NAMES = ("valkey-server", "redis-server")
CHROMIUM_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def say(text):
    print("▸ " + text, flush=True)


def refuse(text):
    sys.exit("✗ " + text)


def check_machine():
    if sys.version_info < OLDEST:
        refuse("Das Portal braucht Python 3.11 oder neuer (gefunden: %d.%d)." % sys.version_info[:2])  # noqa: UP031
    if not VENV.exists() and shutil.disk_usage(str(ROOT)).free < NEEDED_BYTES:
        refuse("Auf der Festplatte ist zu wenig Platz: Bitte geben Sie mindestens 700 MB frei.")


def packages(*names):
    """Install packages of the system where this is allowed without a question; tell whether it worked."""
    if not shutil.which("apt-get"):
        return False
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and not shutil.which("sudo"):
        return False
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = [*prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", *names]
    if subprocess.run(install, env=environment, **quiet).returncode == 0:
        return True
    subprocess.run([*prefix, "apt-get", "update", "-q"], env=environment, **quiet)
    return subprocess.run(install, env=environment, **quiet).returncode == 0


def has_ensurepip():
    return subprocess.run([sys.executable, "-c", "import ensurepip"], stderr=subprocess.DEVNULL).returncode == 0


def create_environment():
    if PYTHON.exists() and subprocess.run([str(PYTHON), "-m", "pip", "-V"], capture_output=True).returncode == 0:
        return
    say("Python-Umgebung anlegen (.venv) …")
    # Debian keeps this part of Python in a package of its own.
    name = "python%d.%d-venv" % sys.version_info[:2]  # noqa: UP031
    if not has_ensurepip() and not (packages(name) and has_ensurepip()):
        refuse(f"Python fehlt der Teil „venv“: Bitte installieren Sie ihn mit „sudo apt-get install {name}“.")
    shutil.rmtree(str(VENV), ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode != 0:
        refuse("Die Python-Umgebung ließ sich nicht anlegen: " + (made.stdout + made.stderr).strip()[-300:])


def install(name):
    lock = ROOT / "requirements" / (name + ".txt")
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    mark = VENV / (name + ".sha256")
    if mark.exists() and mark.read_text() == digest:
        return
    say(f"Pakete installieren (requirements/{name}.txt) …")
    mark.unlink(missing_ok=True)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--only-binary", ":all:", "--require-hashes", "-r", str(lock)]
    if subprocess.run(command).returncode != 0:
        refuse(
            "Die Pakete ließen sich nicht installieren: Bitte prüfen Sie Netz und freien Speicherplatz (siehe oben)."
        )
    mark.write_text(digest)


def find_chromium():
    """Path of a Chromium or Chrome on this machine, or None; PORTAL_CHROMIUM goes first."""
    named = os.environ.get("PORTAL_CHROMIUM")
    candidates = [named] if named else [*CHROMIUM_NAMES, CHROMIUM_MAC]
    return next((path for path in map(shutil.which, candidates) if path), None)


def find_headless():
    """Path of the browser the tests drive: HEADLESS where it is installed, else what find_chromium finds."""
    named = os.environ.get("PORTAL_CHROMIUM")
    return (None if named else shutil.which(HEADLESS)) or find_chromium()


def check_chromium():
    asked = VENV / "headless.asked"
    if not os.environ.get("PORTAL_CHROMIUM") and not shutil.which(HEADLESS) and not asked.exists():
        asked.touch()  # not every system has it: once is enough
        say("Chromium ohne Fenster für schnelle Browsertests installieren, falls es das gibt …")
        packages(HEADLESS)
    if find_headless():
        return
    say("Chromium für die Browsertests installieren …")
    if not (packages("chromium") and find_chromium()):
        command = "brew install --cask google-chrome" if sys.platform == "darwin" else "sudo apt-get install chromium"
        refuse(f"Für die Browsertests fehlt Chromium: Bitte installieren Sie es mit „{command}“.")


def find_redis():
    """Path of a Valkey or Redis server on this machine, or None."""
    return next((path for path in map(shutil.which, REDIS_NAMES) if path), None)


def check_redis():
    if find_redis():
        return
    say("Redis für die Tests installieren …")
    if not (packages("redis-server") and find_redis()):
        command = "brew install valkey" if sys.platform == "darwin" else "sudo apt-get install redis-server"
        refuse(f"Für die Tests fehlt Redis oder Valkey: Bitte installieren Sie es mit „{command}“.")


def main(name):
    check_machine()
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "bootstrap.lock").open("w") as lock:  # two starts at once: one installs, one waits
        fcntl.flock(lock, fcntl.LOCK_EX)
        create_environment()
        install(name)
        if name == "test":
            check_chromium()
            check_redis()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        refuse("Abgebrochen. Der nächste Aufruf macht hier weiter.")
    except OSError as error:
        refuse(f"Das ließ sich nicht schreiben oder lesen: {error}.")
