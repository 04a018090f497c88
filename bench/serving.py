"""Starts a server as `lms serve` would, in a process of its own on 127.0.0.1, and stops it."""

import multiprocessing
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lms.cli.serve import run_gunicorn, server_options
from lms.config import Settings

HOST = "127.0.0.1"
READY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A server under test: where it listens and the process that holds its workers."""

    port: int
    pid: int

    def cpu_seconds(self) -> float | None:
        """Return the CPU time its workers have used so far, or None where /proc does not tell."""
        try:
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            return sum(_cpu_seconds(int(child)) for child in children)
        except OSError:
            return None


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _serve(kind: str, settings: Settings, port: int, options: dict[str, Any]) -> None:
    from bench.floor import driver_app, floor_app, login_app
    from lms import create_app

    floors = {"floor": floor_app, "driver": driver_app, "login": login_app}
    make = create_app if kind == "ours" else floors[kind]
    given = server_options(HOST, port, multiprocessing.cpu_count()) | options
    run_gunicorn(lambda: make(settings), given)


@contextmanager
def serving(kind: str, settings: Settings, **options: Any) -> Iterator[Server]:
    """Yield a running server: `ours` or a floor; `options` override what we ship."""
    port = free_port()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_serve, args=(kind, settings, port, options))
    process.start()
    try:
        _wait_for(port, process)
        yield Server(port, process.pid or 0)
    finally:
        process.terminate()
        process.join(20)


def _wait_for(port: int, process: Any) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.is_alive():
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The server did not start.")
