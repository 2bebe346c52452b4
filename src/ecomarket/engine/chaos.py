"""Chaos: draw a small scenario and a string of faults by seed, and see that every run ends as an undisturbed one does.

The faults are the operating system's own: a process dies at any instant, a file may not grow further, a run is asked to
stop, its folder is taken. After each the ledger must verify, and the process must have died, ended, or said in one
error why it stopped.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ecomarket.engine.folder import LEDGER, driving_alone, make_folder
from ecomarket.engine.run import Driving, run, run_key
from ecomarket.errors import RunError
from ecomarket.ledger.resume import stored_run
from ecomarket.ledger.verify import verify
from ecomarket.scenario import load
from ecomarket.scenario.draw import Dice, draw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecomarket.scenario import Scenario

FAULTS: Final = ("die", "die", "full", "interrupt", "taken")
"""What may befall a start of a run; a fault named twice is twice as likely."""
FAULTS_MAX: Final = 4
ENDED, STOPPED, BROKE = 0, 2, 70
"""How a child ends: done or asked to stop; an error in words; anything else."""
BROKEN_OFF: Final = "broken off"
BYTES_LEAST: Final = 4_096
BYTES_MOST: Final = 400_000


@dataclass(frozen=True, slots=True)
class Storm:
    """What befell the run of a seed: the faults in order, the errors it stopped with, and what went wrong if anything.

    `head` is the hash of the undisturbed run.
    """

    seed: int
    engine: str
    faults: tuple[str, ...]
    said: tuple[str, ...]
    head: str
    wrong: str = ""


class _WrongError(Exception):
    """The promise that was broken."""


def storm(seed: int, out: Path) -> Storm:
    """Run the scenario of `seed` undisturbed and under faults, in folders below `out`; return what came of it."""
    dice = Dice(seed)
    make_folder(out)
    path = out / f"drawn-{seed}.yaml"
    path.write_text(draw(seed), encoding="utf-8")
    scenario = load(path)
    driving = Driving(seed=seed, until=scenario.end)
    began = time.perf_counter()
    calm = run(scenario, driving, out / "calm")
    span = time.perf_counter() - began
    engine = dice.pick("engine", ["kernel", "kernel", "kernel", "reference"])
    faults = tuple(dice.pick(f"fault.{n}", FAULTS) for n in range(dice.number("faults", 1, FAULTS_MAX)))
    said: list[str] = []
    wrong = ""
    try:
        _weather(scenario, replace(driving, engine=engine), out / "storm", dice, span, faults, said, calm.head)
    except _WrongError as error:
        wrong = str(error)
    return Storm(seed, engine, faults, tuple(said), calm.head, wrong)


def _weather(
    scenario: Scenario,
    driving: Driving,
    out: Path,
    dice: Dice,
    span: float,
    faults: tuple[str, ...],
    said: list[str],
    head: str,
) -> None:
    folder = out / run_key(scenario, driving).name
    for number, fault in enumerate(faults):
        amount = dice.number(f"amount.{number}", 0, 1_000) / 1_000
        with _taken(folder) if fault == "taken" else _free():
            said.append(_start(scenario, driving, out, fault, amount, span))
        _check(folder / LEDGER, f"after fault {number + 1}, {fault}")
    last = _start(scenario, driving, out, "", 0, span)
    if last:
        raise _WrongError(f"the last start stops with {last}")
    _check(folder / LEDGER, "at the end", head)


def _start(scenario: Scenario, driving: Driving, out: Path, fault: str, amount: float, span: float) -> str:
    """Fork a child that runs under a fault; return the code of the error it told, "" if it ended or died of the fault.

    Raises _WrongError if it ended in any other way.
    """
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        os.close(ours)
        code, text = BROKE, "nothing"
        try:
            _befall(fault, amount, span)
            run(scenario, driving, out)
            code, text = ENDED, ""
        except KeyboardInterrupt:  # asked to stop before its first day or after its last
            code, text = STOPPED, BROKEN_OFF
        except RunError as error:
            code, text = STOPPED, error.code or "no code"
        except BaseException as error:  # noqa: BLE001  (whatever it is, the parent shall hear of it)
            text = f"{type(error).__name__}: {error}"
        finally:
            os.write(theirs, text.encode())
            os._exit(code)
    os.close(theirs)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with os.fdopen(ours) as pipe:
        text = pipe.read()
    died = fault == "die" and ended == -signal.SIGALRM
    if not (died or ended == ENDED or (ended == STOPPED and text in _declared(fault))):
        raise _WrongError(f"under fault '{fault}' the process ends with {ended}: {text}")
    return text


def _declared(fault: str) -> tuple[str, ...]:
    """Return the codes with which a run may stop under a fault."""
    return {"full": ("E701", "E704"), "taken": ("E706",), "interrupt": (BROKEN_OFF,)}.get(fault, ())


def _befall(fault: str, amount: float, span: float) -> None:
    """Let this process meet its fault; `amount` in [0, 1] says when or how much, `span` how long a whole run takes."""
    if fault == "full":
        limit = BYTES_LEAST + int(amount * (BYTES_MOST - BYTES_LEAST))
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if fault == "interrupt":
        signal.signal(signal.SIGALRM, _ask_to_stop)
    if fault in ("die", "interrupt"):
        signal.setitimer(signal.ITIMER_REAL, max(amount * span, 1e-4))


def _ask_to_stop(_number: int, _frame: Any) -> None:
    if callable(signal.getsignal(signal.SIGINT)):
        signal.raise_signal(signal.SIGINT)


@contextmanager
def _taken(folder: Path) -> Iterator[None]:
    make_folder(folder)
    with driving_alone(folder):
        yield


@contextmanager
def _free() -> Iterator[None]:
    yield


def _check(ledger: Path, when: str, head: str = "") -> None:
    """Raise _WrongError unless the ledger verifies and, if a head is given, ends in it."""
    if not head and stored_run(ledger) is None:
        return
    report = verify(ledger)
    if not report.clean:
        raise _WrongError(f"{when} the ledger does not verify: {report.findings[0].text('en')}")
    if head and report.head != head:
        raise _WrongError(f"the head is {report.head}, that of the undisturbed run {head}")
