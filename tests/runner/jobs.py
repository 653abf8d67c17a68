# SPDX-License-Identifier: BSD-3-Clause
"""Runs the jobs of `make check` side by side, counts their cases and prints what failed.

A job is a name, a list of commands and a way to count cases in their output. Commands run in order until one fails.
"""
import concurrent.futures
import contextlib
import dataclasses
import os
import re
import signal
import subprocess
import threading
import time


def count_exit(status: int, _output: str) -> tuple:
    """One case: the command itself."""
    return (1, 0) if status == 0 else (0, 1)


def count_pytest(status: int, output: str) -> tuple:
    words = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|errors?)\b", output.rsplit("\n=", 1)[-1])}
    passed, failed = words.get("passed", 0), words.get("failed", 0) + words.get("error", 0) + words.get("errors", 0)
    return passed, failed or (0 if status == 0 and passed else 1)


def count_line(status: int, output: str) -> tuple:
    """The last `... N passed, N failed` of the output."""
    found = re.findall(r"(\d+) passed, (\d+) failed", output)
    if not found:
        return 0, 1
    passed, failed = map(int, found[-1])
    return passed, failed or (0 if status == 0 else 1)


def count_tap(status: int, output: str) -> tuple:
    """Test Anything Protocol: the plan must be kept, so a guest that dies early is a failure."""
    passed = len(re.findall(r"^ok \d+", output, re.M))
    failed = len(re.findall(r"^not ok \d+", output, re.M))
    plan = re.search(r"^1\.\.(\d+)\s*$", output, re.M)
    if not plan or int(plan.group(1)) != passed + failed or passed + failed == 0 or (status != 0 and not failed):
        failed += 1
    return passed, failed


@dataclasses.dataclass
class Step:
    command: list
    count: object = None          # None: no case of its own, but its failure is one
    needs: str = ""               # a regular expression that the output must match
    limit: int = 120              # seconds
    dies: str = ""                # output of a death that is not ours: then it is tried once more, and that is said
    env: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Job:
    name: str
    steps: list


@dataclasses.dataclass
class Result:
    job: Job
    passed: int = 0
    failed: int = 0
    seconds: float = 0.0
    output: str = ""
    note: str = ""


class Stopped(Exception):
    """The user pressed Ctrl-C."""


_running, _stopped = set(), threading.Event()


def stop() -> None:
    """Ends whatever runs. Commands are in sessions of their own, so the terminal does not reach them."""
    _stopped.set()
    for process in list(_running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def run_step(step: Step, folder: str, step_env: dict) -> tuple:
    """(status, output); the whole process group ends with the time limit."""
    if _stopped.is_set():
        raise Stopped
    with subprocess.Popen(step.command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env={**os.environ, **step_env, **step.env},
                          start_new_session=True) as process:
        _running.add(process)
        try:
            output, _ = process.communicate(timeout=step.limit)
            if _stopped.is_set():
                raise Stopped
            return process.returncode, output.decode(errors="replace")
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            return 124, output.decode(errors="replace") + f"\nno end after {step.limit} s\n"
        finally:
            _running.discard(process)


def run_job(job: Job, folder: str, env: dict) -> Result:
    result, start = Result(job), time.monotonic()
    for step in job.steps:
        try:
            status, output = run_step(step, folder, env)
            if status != 0 and step.dies and re.search(step.dies, output, re.M):
                result.output += f"$ {' '.join(step.command)}\n{output}(exit status {status}; once more)\n"
                result.note = ", at the second try"
                status, output = run_step(step, folder, env)
        except OSError as problem:
            status, output = 127, f"{problem}\n"
        result.output += f"$ {' '.join(step.command)}\n{output}"
        passed, failed = step.count(status, output) if step.count else (0, 0 if status == 0 else 1)
        if step.needs and not failed and not re.search(step.needs, output, re.M):
            passed, failed = 0, 1
            result.output += f"\nthe output does not match: {step.needs}\n"
        result.passed, result.failed = result.passed + passed, result.failed + failed
        if failed:
            result.output += f"(exit status {status})\n"
            break
    result.seconds = time.monotonic() - start
    return result


def shorten(output: str, lines: int = 150) -> str:
    kept = [line[:400] for line in output.rstrip().split("\n")]
    if len(kept) <= lines:
        return "\n".join(kept)
    return "\n".join([*kept[:20], f"[... {len(kept) - lines} lines; the whole is in the log ...]", *kept[20 - lines:]])


def run_all(jobs: list, folder: str, logs: str, workers: int, say=print) -> tuple:
    """Runs every job; returns (passed, failed). The log of each lies in `logs`."""
    os.makedirs(logs, exist_ok=True)
    lock, totals = threading.Lock(), [0, 0]
    drop = {"MAKEFLAGS": "", "MFLAGS": "", "MAKELEVEL": "", "MAKEOVERRIDES": ""}

    def work(job):
        result = run_job(job, folder, drop)
        log = os.path.join(logs, job.name.replace("/", "_") + ".log")
        with open(log, "w", encoding="utf-8") as file:
            file.write(result.output)
        with lock:
            totals[0] += result.passed
            totals[1] += result.failed
            if result.failed:
                say(f"FAIL  {job.name}: {result.failed} failed ({result.seconds:.1f} s), log {os.path.relpath(log, folder)}")
                say(shorten(result.output))
            else:
                say(f"ok    {job.name}: {result.passed} ({result.seconds:.1f} s{result.note})")

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        try:
            for future in [pool.submit(work, job) for job in jobs]:
                future.result()
        except KeyboardInterrupt:
            stop()
            raise
    return tuple(totals)
