"""Readers for a measurement, and what they cost the processor.

One new connection for each request: over kept ones a server may give all the work to one worker. Plain sockets, because
a clever client costs more than the answer.
"""

import multiprocessing
import pathlib
import socket
import time
from collections.abc import Callable
from contextlib import suppress

ABREAST = 4


def request(port: int, path: str) -> int:
    """Ask for a page; gives its bytes with headers."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        first = line.recv(65536)
        assert first.startswith(b"HTTP/1.1 200"), (path, first[:200])
        size = len(first)
        while part := line.recv(65536):
            size += len(part)
    return size


def requests_per_second(port: int, path: str, number: int, before: Callable[[], None] | None = None) -> float:
    """Ask from several processes at once; threads of one would wait for each other more than for the server.

    Args:
        before: called before each request, such as a change of the content.
    """
    processes = multiprocessing.get_context("fork")
    gate, each = processes.Barrier(ABREAST + 1), number // ABREAST

    def read():
        gate.wait()
        for _ in range(each):
            if before:
                before()
            request(port, path)

    readers = [processes.Process(target=read) for _ in range(ABREAST)]
    for reader in readers:
        reader.start()
    gate.wait()
    start = time.perf_counter()
    for reader in readers:
        reader.join()
    seconds = time.perf_counter() - start
    assert not any(reader.exitcode for reader in readers), path
    return each * ABREAST / seconds


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for one in found:
        for children in pathlib.Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):  # it has just ended
                found += map(int, children.read_text().split())
    return found


def processor_seconds(*pids: int) -> float:
    """What these processes and their descendants have cost so far (Linux counts in nanoseconds)."""
    total = 0
    for pid in {one for root in pids for one in family(root)}:
        for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError):
                total += int(task.read_text().split()[0])
    return total / 1e9
