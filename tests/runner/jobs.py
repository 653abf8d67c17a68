# SPDX-License-Identifier: BSD-3-Clause
"""Runs the jobs of `make check` side by side, counts their cases and prints what failed.

A job is a name, a list of commands and a way to count cases in their output. Commands run in order until one fails.
"""
import concurrent.futures
import contextlib
import dataclasses
import os
import re
import select
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
    cpu: float = 0.0  # seconds that the commands and all that they waited for took
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


def wait_for(process, reader, limit) -> float:
    """Waits until the output has ended and the process, too. Returns the seconds of CPU of all that were waited for; after the
    limit raises TimeoutExpired, and the process is as it was."""
    end = time.monotonic() + (limit or 0)
    reader.join(limit)
    handle = os.pidfd_open(process.pid)
    try:
        left = None if limit is None else max(0.0, end - time.monotonic())
        if reader.is_alive() or not select.select([handle], [], [], left)[0]:
            raise subprocess.TimeoutExpired(process.args, limit)
    finally:
        os.close(handle)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


def run_step(step: Step, folder: str, step_env: dict) -> tuple:
    """(status, output, seconds of CPU); the whole process group ends with the time limit."""
    if _stopped.is_set():
        raise Stopped
    with subprocess.Popen(step.command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env={**os.environ, **step_env, **step.env},
                          start_new_session=True) as process:
        _running.add(process)
        output = []
        reader = threading.Thread(target=lambda: output.append(process.stdout.read()))
        reader.start()
        try:
            cpu = wait_for(process, reader, step.limit)
            if _stopped.is_set():
                raise Stopped
            return process.returncode, output[0].decode(errors="replace"), cpu
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            cpu = wait_for(process, reader, None)
            return 124, output[0].decode(errors="replace") + f"\nno end after {step.limit} s\n", cpu
        finally:
            _running.discard(process)


def run_job(job: Job, folder: str, env: dict) -> Result:
    result, start = Result(job), time.monotonic()
    for step in job.steps:
        try:
            status, output, cpu = run_step(step, folder, env)
            result.cpu += cpu
            if status != 0 and step.dies and re.search(step.dies, output, re.M):
                result.output += f"$ {' '.join(step.command)}\n{output}(exit status {status}; once more)\n"
                result.note = ", at the second try"
                status, output, cpu = run_step(step, folder, env)
                result.cpu += cpu
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


# Of no use to somebody who asks why a part failed: progress of builds, cases that passed. pytest quotes output behind "E ".
QUOTED = r"^(?:E +|> +)?"
NOISE = re.compile(QUOTED + r"(?:\[ *\d+/\d+\] |ok \d+|  OK  |\[(?: RUN      |       OK |-+|=+|  PASSED  )\]|[.sx]+ *\[ *\d+%\]$|"
                            r"  (?:CC|CXX|LD|PCH) |(?:\S+ )?PASSED\b|\S+::\S+ PASSED|configuration: )")
# What says that, and often why, something failed.
TELLING = re.compile(QUOTED + r"(?:not ok \d+|Bail out|FAILED |ERROR |\[  FAILED  \] |.*\berror: |.*\bpanic: |.*\bAssertion|[\w.]*(?:Error|Exception|Expired)\b|"
                              r".*\bassertion\b.*failed|.*: Failure$|.*(?:Sanitizer|runtime error): |no end after |.*did not compile: |"
                              r".*crash report begins|.*the output does not match|.*undefined reference|.*ended with status)|^E  ")


def without_noise(output: str) -> list:
    return [line[:400] for line in output.rstrip().split("\n") if not NOISE.match(line)]


def telling(output: str, most: int) -> list:
    """The lines that say what failed, each once; if none does, the last ones."""
    kept = [line.strip() for line in without_noise(output) if line.strip()]
    found = list(dict.fromkeys(line for line in kept if TELLING.match(line)))
    return [line[:200] for line in found[:most] or kept[-most:]]


def shorten(output: str, lines: int = 150) -> str:
    """What is worth reading: if that is more than so many lines, those that say what failed come first."""
    kept = without_noise(output)
    if len(kept) <= lines:
        return "\n".join(kept)
    first = telling(output, lines // 3) if any(TELLING.match(line) for line in kept) else kept[:20]
    return "\n".join([*first, f"[... {len(kept) - lines} lines; the whole is in the log ...]", *kept[len(first) - lines:]])


def summary(results: list) -> str:
    """All parts that failed, with what each says first."""
    lines = []
    for result in results:
        if result.failed:
            lines += [f"FAIL  {result.job.name}: {result.failed} failed", *(f"      {line}" for line in telling(result.output, 5))]
    return "\n".join(lines)


def longest(results: list, count: int) -> str:
    """A table of the parts that took the most CPU."""
    total = sum(result.cpu for result in results) or 1
    lines = [f"{result.cpu:9.1f} {100 * result.cpu / total:4.0f}% {result.seconds:9.1f}  {result.job.name}"
             for result in sorted(results, key=lambda result: -result.cpu)[:count]]
    return "\n".join(["    CPU s         clock s  part", *lines])


def run_all(jobs: list, folder: str, logs: str, workers: int, say=print, durations: int = 0) -> tuple:
    """Runs every job; returns (passed, failed). The log of each lies in `logs`. Says which `durations` took longest."""
    os.makedirs(logs, exist_ok=True)
    lock, totals, results = threading.Lock(), [0, 0], []
    drop = {"MAKEFLAGS": "", "MFLAGS": "", "MAKELEVEL": "", "MAKEOVERRIDES": ""}

    def work(job):
        result = run_job(job, folder, drop)
        log = os.path.join(logs, job.name.replace("/", "_") + ".log")
        with open(log, "w", encoding="utf-8") as file:
            file.write(result.output)
        with lock:
            results.append(result)
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
    if durations:
        say(longest(results, durations))
    if totals[1]:
        say(summary(results))
    return tuple(totals)
