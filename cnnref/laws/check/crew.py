"""The processes that try the laws, and what becomes of the ones that hang or die."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from cnnref.laws.check.jobs import Gone, Job, Ready
from cnnref.laws.check.target import BadTarget, Target
from cnnref.laws.check.trial import Settings
from cnnref.laws.check.worker import Marks, Stumble, work

LOADING = 60.0
"""Seconds that an implementation has to be imported."""

GRACE = 3
"""After how many times the limit of a law its process is ended."""


@dataclass(slots=True)
class Worker:
    """One process, and what it is doing; it has nothing to do before it is ready."""

    process: Any
    pipe: Connection
    marks: Marks
    end: float
    limit: float
    job: Job | None = None
    ready: Ready | None = None
    call: tuple[int, float] = (0, 0.0)

    def give(self, job: Job, seconds: float) -> None:
        """Send a job."""
        self.job, self.end = job, time.monotonic() + seconds
        self.pipe.send(job)

    def take(self) -> Any:
        """What it sent; raises Gone if nothing will come any more."""
        try:
            return self.pipe.recv()
        except EOFError:
            self.process.join(1)
            code = self.process.exitcode or 0
            raise Gone(self.marks.calling(), self.marks.noted(), code) from None

    def look(self) -> Any:
        """What it sent; None if it sent nothing; raises Gone if it hangs or is dead."""
        if self.pipe.poll():
            return self.take()
        now, calls = time.monotonic(), self.marks.calls.value
        if calls != self.call[0] or not self.marks.calling():
            self.call = (calls, now)
        if now > self.end or now > self.call[1] + self.limit:
            raise Gone(self.marks.calling(), self.marks.noted(), None)
        return None

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


@dataclass(slots=True)
class Crew:
    """Workers, one for each processor up to two, and the jobs they do.

    Attributes:
        targets: what is checked.
        settings: what was asked for.
        level: the last level.
        globs: patterns of ids of laws.
        hung: operations that are not called any more.
    """

    targets: tuple[Target, ...]
    settings: Settings
    level: int = 5
    globs: tuple[str, ...] = ()
    hung: dict[str, str] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.stop()

    def start(self) -> Ready:
        """Start the workers; raises BadTarget if there is nothing to check."""
        self.workers.append(self.hired())
        ready = self.made_ready(0)  # alone, for it may find out what hangs
        self.workers += [self.hired() for _ in range(min(2, os.cpu_count() or 1) - 1)]
        return ready

    def hired(self) -> Worker:
        """A new process."""
        context, marks = get_context("spawn"), Marks()
        ours, theirs = context.Pipe()
        given = (theirs, marks, self.targets, self.settings, self.level, self.globs)
        process = context.Process(target=work, args=(*given, frozenset(self.hung)), daemon=True)
        process.start()
        theirs.close()
        now = time.monotonic()
        return Worker(process, ours, marks, now + LOADING, self.settings.limit, call=(0, now))

    def made_ready(self, place: int) -> Ready:
        """Wait until a worker is ready; if it hangs in an operation, without that one."""
        while True:
            worker = self.workers[place]
            try:
                ready = self.awaited(worker)
            except Gone as gone:
                worker.stop()
                if not gone.operation:
                    raise BadTarget(f"while it was imported, {gone.said}") from None
                self.hung.setdefault(gone.operation, gone.said)
                self.workers[place] = self.hired()
                continue
            if isinstance(ready, BadTarget):
                raise ready
            worker.ready = ready
            return worker.ready

    def awaited(self, worker: Worker) -> Any:
        """What a worker sends first; raises Gone if it hangs in an operation, or in its import."""
        while (found := worker.look()) is None:
            worker.pipe.poll(0.1)
        return found

    def done(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Any]]:
        """Do all jobs; each with its result, or with Gone, as they are done."""
        waiting = list(reversed(jobs))
        while waiting or any(worker.job for worker in self.workers):
            for worker in self.workers:
                if worker.ready and worker.job is None and waiting:
                    job = replace(waiting.pop(), hung=frozenset(self.hung))
                    worker.give(job, GRACE * self.settings.limit)
            wait([w.pipe for w in self.workers if w.job or not w.ready], timeout=0.25)
            for place, worker in enumerate(self.workers):
                found = self.result(worker)
                if isinstance(found, Ready):
                    worker.ready = found
                    continue
                if found is not None:
                    done, worker.job = worker.job, None
                    if isinstance(found, Gone):
                        self.replaced(place, found)
                    if done is not None:
                        yield done, found

    def result(self, worker: Worker) -> Any:
        """What a worker has done; None if it is not done yet."""
        if worker.ready and worker.job is None:
            return None
        try:
            found = worker.look()
        except Gone as gone:
            return gone
        if isinstance(found, Stumble | BadTarget):
            raise found
        return found

    def replaced(self, place: int, gone: Gone) -> None:
        """Put a new worker in the place of one that is gone."""
        self.workers[place].stop()
        if gone.operation:
            self.hung.setdefault(gone.operation, gone.said)
        self.workers[place] = self.hired()
        self.made_ready(place)
