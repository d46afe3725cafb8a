"""A Redis or Valkey of its own for a test, on a port of its own, keeping nothing."""

import socket
import subprocess
import time
from contextlib import contextmanager

from forum.bootstrap import find_redis
from tests.servers import free_port


@contextmanager
def redis_server(folder):
    """Run a server; gives its address for CACHE_URL and the process."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    process = subprocess.Popen([find_redis(), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.02)
        yield f"redis://127.0.0.1:{port}/0", process
    finally:
        process.kill()
        process.wait()
