"""A room in one zip: what was asked, shown and booked, with or without the names that people typed; never a secret.

The same room gives the same bytes. Without names, what a facilitator wrote is left out too, for a message may name
somebody; the log is chained anew, so that `ecomarket ledger replay` of what comes out of the zip agrees. The files of a
scenario of one's own are in it, so that it does so on another machine.
"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path, PureWindowsPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ecomarket.engine.folder import LEDGER, MANIFEST, placing, read_manifest
from ecomarket.i18n import tr
from ecomarket.ledger.export import export as write_tables
from ecomarket.ledger.place import place_of
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.seal import SEAL
from ecomarket.workshop.carried import carry
from ecomarket.workshop.game.log import FILE as COMMANDS
from ecomarket.workshop.game.log import RoomLog, read_log
from ecomarket.workshop.game.published import FILE as FRAMES
from ecomarket.workshop.game.published import Published, read_frames
from ecomarket.workshop.game.rounds import RUN
from ecomarket.workshop.game.showing import written
from ecomarket.workshop.plan.card import CARD, RoomCard
from ecomarket.workshop.server.people_file import FILE as PEOPLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SECRETS: Final = ("token", "salt", "hash", "sent")
KEYS: Final = ("door", "pin")
"""Rows of people.jsonl that hold a key and nothing else."""
MESSAGE: Final = b'"kind":"message"'
LEFT_OUT: Final = "[…]"
"""What stands in place of a facilitator's words where names are left out."""
LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
LEVEL: Final = 6
OWN_RULE: Final = re.compile(r"\+(.*?\.py)(?=:|$)", re.DOTALL)
"""An override that adds a rule of a file."""


def export(folder: Path, out: Path, *, names: bool) -> bool:
    """Write the room of `folder` into the zip `out`: log, frames, ledgers, tables (CSV; Parquet with pyarrow), debrief.

    Tells whether what comes out of the zip can be played again without a further file of this machine. Raises
    RunError if there is no room or something of it is damaged, StorageError if `out` cannot be written.
    """
    card = RoomCard.read(folder)
    with placing(out), TemporaryDirectory(prefix="ecomarket-") as made:
        here = Path(made)
        whole = _card(folder, here, card, names=names)
        _commands(folder, here, names=names)
        _frames(folder, here, names=names)
        _people(folder, here, names=names)
        for manifest in sorted(folder.glob(f"*/{MANIFEST}")):
            _run(manifest.parent, here / manifest.parent.name, names=names)
        if (folder / RUN / MANIFEST).is_file():
            _tables(folder / RUN, here / "tables")
        for page in sorted(folder.glob("debrief*")):
            (here / page.name).write_bytes(page.read_bytes())
        _zip(here, out, folder.resolve().name)
    return whole


def _zip(made: Path, out: Path, name: str) -> None:
    """Put the files of a folder under a name into a zip, in their order and without their dates."""
    part = out.with_name(f"{out.name}.part")
    with ZipFile(part, "w", ZIP_DEFLATED, compresslevel=LEVEL) as whole:
        for path in sorted(p for p in made.rglob("*") if p.is_file()):
            entry = ZipInfo(f"{name}/{path.relative_to(made).as_posix()}", LONG_AGO)
            entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
            with whole.open(entry, "w", force_zip64=path.stat().st_size >= 2**31) as member:
                member.write(path.read_bytes())
    part.replace(out)


def _card(folder: Path, made: Path, card: RoomCard, *, names: bool) -> bool:
    """Write the card, and what its scenario is read from; tell whether a further file is needed to play it again."""
    run = folder / RUN
    played = str(read_manifest(run).get("digest", "")) if (run / MANIFEST).is_file() else ""
    carried = carry(card, played, made)
    told = json.loads((folder / CARD).read_text(encoding="utf-8"))
    told |= {"scenario": carried.scenario, "plan": carried.plan}
    if not names:
        told |= {"plan": _last(carried.plan), "overrides": _nameless(card.overrides)}
        told["scenario"] = carried.scenario if carried.whole else _last(carried.scenario)
    _write(made / CARD, told)
    (made / "README.txt").write_text("\n".join(tr("room.zip_readme", lang) for lang in ("zh", "en")), encoding="utf-8")
    return carried.whole and not any(OWN_RULE.match(change) for change in card.overrides)


def _run(run: Path, made: Path, *, names: bool) -> None:
    """Copy a ledger as it is at one moment, also of a room that is open, with its manifest and seal."""
    made.mkdir()
    if (run / f"{LEDGER}-wal").exists():
        kept = f"{run.joinpath(LEDGER).resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(kept, uri=True)) as there, closing(sqlite3.connect(made / LEDGER)) as copy:
            there.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
    else:  # to the byte: a seal knows every page
        (made / LEDGER).write_bytes((run / LEDGER).read_bytes())
    told = dict(read_manifest(run))
    if not names:
        told |= {"source": _last(str(told.get("source", ""))), "overrides": _nameless(told.get("overrides", ()))}
    _write(made / MANIFEST, told)
    if (run / SEAL).is_file():
        (made / SEAL).write_bytes((run / SEAL).read_bytes())


def _tables(run: Path, made: Path) -> None:
    with open_ledger(place_of(run)) as ledger:
        for form in ("csv", "parquet") if find_spec("pyarrow") else ("csv",):
            for _ in write_tables(ledger, form, made):
                pass


def _commands(folder: Path, made: Path, *, names: bool) -> None:
    if not (folder / COMMANDS).is_file():
        return
    log = RoomLog(made / COMMANDS)
    log.write(line if names else _without_words(line) for line in read_log(folder / COMMANDS))
    log.close()


def _without_words(line: dict[str, Any]) -> dict[str, Any]:
    if line.get("step", {}).get("kind") != "message":
        return line
    return {**line, **{part: {**line[part], "text": LEFT_OUT} for part in ("asked", "step") if part in line}}


def _frames(folder: Path, made: Path, *, names: bool) -> None:
    published = Published(made / FRAMES)
    for frame in read_frames(folder / FRAMES):
        worded = not names and MESSAGE in frame.shared
        published.put(frame._replace(shared=_unworded(frame.shared)) if worded else frame)
    published.close()


def _unworded(shared: bytes) -> bytes:
    """Return a frame with the words of messages left out, otherwise to the byte as it was sent."""
    told = json.loads(shared)
    for event in told["events"]:
        if event["kind"] == "message":
            event["text"] = dict.fromkeys(event["text"], LEFT_OUT)
    return written(told)


def _people(folder: Path, made: Path, *, names: bool) -> None:
    """Write who sat where, and what was answered: of keys and hashes nothing, of names nothing where they go."""
    if not (folder / PEOPLE).is_file():
        return
    dropped = {*SECRETS, *(() if names else ("name",))}
    with (made / PEOPLE).open("w", encoding="utf-8") as file:
        for text in (folder / PEOPLE).read_text(encoding="utf-8").split("\n")[:-1]:
            row = json.loads(text)
            if row.get("what") not in KEYS:
                kept = {key: value for key, value in row.items() if key not in dropped}
                file.write(json.dumps(kept, ensure_ascii=False, sort_keys=True) + "\n")


def _last(path: str) -> str:
    """Return the last part of a path of any system: what stands before it may name who made it."""
    return PureWindowsPath(path).name


def _nameless(overrides: Iterable[str]) -> list[str]:
    """Return changes of a scenario without the folders of rules that are files."""
    return [OWN_RULE.sub(lambda found: f"+{_last(found[1])}", change) for change in overrides]


def _write(path: Path, told: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
