"""One training by several processes of this machine, each with a part of every batch."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from learned.pixel_store import PixelStore
from learned.stages import Progress
from learned.training import references
from learned.training.job import Job, Trained, run

# Seconds between looks at what the processes have left, and until they must have ended.
POLL, PATIENCE = 0.1, 30.0


def launch(
    job: Job,
    store: PixelStore,
    processes: int,
    progress: Progress,
    report: Callable[[float, str], None],
) -> Trained:
    """Do a job by several processes under ``torchrun``, and wait for it.

    A temporary folder holds the job and what comes of it. The processes end when
    this one does, by whatever way.

    Parameters
    ----------
    job : Job
        What it refers to must be importable, or lie in a plug-in's file.
    store : PixelStore
        A shared one.
    processes : int
        On CUDA, at most the number of devices.
    progress, report
        As for ``learned.training.job.run``.

    Returns
    -------
    Trained

    Raises
    ------
    ValueError
        The network cannot be handed to another process, or there are fewer devices.
    FloatingPointError, torch.cuda.OutOfMemoryError, RuntimeError
        What the first process to fail raised.
    """
    if job.device.type == "cuda":
        if job.device.index is not None:
            raise ValueError(f"processes = {processes} need device = 'cuda', not '{job.device}'")
        if processes > torch.cuda.device_count():
            raise ValueError(
                f"processes = {processes}, but torch finds {torch.cuda.device_count()} CUDA devices"
            )
    try:
        data, sources = references.dumps(job)
    except references.UnreachableError as error:
        raise ValueError(f"processes = {processes} cannot train this network: {error}") from error
    with tempfile.TemporaryDirectory(
        prefix="conceptbench-job-", ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        content = (data, sources, store.path, store.pixels.shape, progress.load())
        write(folder / "job", pickle.dumps(content))
        command = [
            *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
            *("--nproc-per-node", str(processes), "-m", "learned.training.distributed", name),
        ]
        environment = dict(os.environ)
        environment["PYTHONPATH"] = os.pathsep.join(path or os.getcwd() for path in sys.path)
        environment["OMP_NUM_THREADS"] = str(max(1, torch.get_num_threads() // processes))
        with (
            open(folder / "log", "wb") as log,
            # Their input is a pipe that closes when this process ends: they watch it.
            subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log
            ) as running,
        ):
            try:
                mail = Mail(folder)
                while running.poll() is None:
                    mail.deliver(progress, report)
                    time.sleep(POLL)
                mail.deliver(progress, report)
            finally:
                running.terminate()
                try:
                    running.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    running.kill()
        return outcome(folder)


class Mail:
    """What the first process leaves in the folder for the one that waits.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self._state = folder / "state"
        self._reports = folder / "reports"
        self._read = 0

    def save(self, state: Any) -> None:
        """Leave a checkpoint."""
        write(self._state, pickle.dumps(state))

    def report(self, fraction: float, message: str) -> None:
        """Leave a line on how far the training is."""
        with open(self._reports, "a") as file:
            file.write(json.dumps([fraction, message]) + "\n")

    def deliver(self, progress: Progress, report: Callable[[float, str], None]) -> None:
        """Pass on what has come since the last time."""
        if self._reports.exists():
            lines = self._reports.read_text().split("\n")[:-1]
            for line in lines[self._read :]:
                report(*json.loads(line))
            self._read = len(lines)
        with contextlib.suppress(FileNotFoundError):
            taken = self._state.with_name("taken")
            self._state.replace(taken)
            progress.save(pickle.loads(taken.read_bytes()))


def outcome(folder: Path) -> Trained:
    """Return what the processes made of a job, or raise what the first to fail raised."""
    errors = [pickle.loads(path.read_bytes()) for path in folder.glob("error-*")]
    if errors:
        _, rank, error, trace = min(errors, key=lambda entry: entry[0])
        error.add_note(f"In process {rank} of the training:\n{trace}")
        raise error
    if (folder / "result").exists():
        return pickle.loads((folder / "result").read_bytes())
    tail = "\n".join((folder / "log").read_text(errors="replace").splitlines()[-20:])
    raise RuntimeError(f"the training's processes ended without a result:\n{tail}")


def write(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def work(folder: Path) -> None:
    """Take part in a job, as one of the processes that ``torchrun`` started.

    Parameters
    ----------
    folder : Path
        That `launch` made.
    """
    rank = int(os.environ["RANK"])
    mail = Mail(folder)
    try:
        data, sources, path, shape, state = pickle.loads((folder / "job").read_bytes())
        threading.Thread(target=_end_with_parent, args=(folder, path), daemon=True).start()
        job = references.loads(data, sources)
        pixels = torch.from_numpy(np.memmap(path, dtype=np.uint8, mode="r+", shape=shape))
        trained = run(job, pixels, _Begun(state, mail, rank), mail.report, from_disk=True)
        if rank == 0:
            write(folder / "result", pickle.dumps(trained))
    except BaseException as error:
        trace = traceback.format_exc()
        try:
            sent: BaseException = pickle.loads(pickle.dumps(error))
        except Exception:  # noqa: BLE001 -- an exception that does not survive pickling
            sent = RuntimeError(f"{type(error).__name__}: {error}")
        entry = (time.time(), rank, sent, trace)
        write(folder / f"error-{rank}", pickle.dumps(entry))
        raise


class _Begun:
    """Progress that began elsewhere; the first process's checkpoints go back there."""

    def __init__(self, state: Any, mail: Mail, rank: int) -> None:
        self._state = state
        self._mail = mail
        self._rank = rank

    def load(self) -> Any:
        return self._state

    def save(self, state: Any) -> None:
        if self._rank == 0:
            self._mail.save(state)


def _end_with_parent(folder: Path, pixels: str) -> None:
    """End when the process that launched this one is gone, and remove what it left."""
    while sys.stdin.buffer.read(1):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    Path(pixels).unlink(missing_ok=True)
    os._exit(1)


if __name__ == "__main__":
    work(Path(sys.argv[1]))
