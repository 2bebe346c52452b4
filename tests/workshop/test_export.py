"""A room in one zip: complete, the same bytes again, without secrets, and without names where they are not wanted."""

from __future__ import annotations

import json
import re
from contextlib import closing
from html import escape
from pathlib import Path
from shutil import copytree, rmtree
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecomarket.cli._ledger_replay import command as replay
from ecomarket.cli._room_export import command
from ecomarket.errors import RunError
from ecomarket.workshop.debrief.write import write_debrief
from ecomarket.workshop.export import export
from ecomarket.workshop.game.again import play_again
from ecomarket.workshop.game.session import Session
from ecomarket.workshop.game.showing import Showing
from ecomarket.workshop.plan.card import RoomCard
from ecomarket.workshop.server.people import DOORS, People

CARD = RoomCard("classroom-permits", (), 7, "", "K7M3QX")
SCENARIO, PLAN = CARD.load()


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A room in its first phase that trades, let go as it is: what people may say to it is still to be said."""
    folder = tmp_path_factory.mktemp("rooms") / "room"
    CARD.write(folder)
    session = Session(SCENARIO, PLAN, CARD.seed, folder)
    while session.clock.phase.kind != "trade":
        assert session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"}).ok
    session.pass_time(60.0)
    session.published.write(session.stand, Showing(session).shared())
    session.leave()
    return folder


def say(folder, names):
    """Let people of these names join, answer and be spoken of; return every secret there is."""
    people = People.open(folder, dict.fromkeys(("A1", "A2", "B1"), 12), ["A1", "A2", "B1"])
    secrets = [people.new_door(door) for door in DOORS]
    for n, name in enumerate(names):
        joined = people.join(("A1", "A2", "B1")[n % 3], name, "zh", pin=secrets[-1] if n >= 3 else "")
        secrets += [joined.token, *([joined.pin] if joined.pin else [])]
        people.note_survey(joined.person, "before", {"q1": n})
    secrets.append(people.add_tutor(names[0], ("A1",)))
    people.file.close()
    session = Session(SCENARIO, PLAN, CARD.seed, folder)
    showing = Showing(session)
    for n, name in enumerate(names):
        assert session.facilitate(
            {"id": f"m{n}", "type": "message", "to": ("all", "A1")[n % 2], "text": f"well done, {name}!"}
        ).ok
        session.published.write(session.stand, showing.shared())
    session.leave()
    return secrets


def members(path):
    with closing(ZipFile(path)) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def forms(name):
    """Return the bytes a name may stand in: plain, in a page, in JSON."""
    return {
        text.encode()
        for text in (name, escape(name), json.dumps(name)[1:-1], json.dumps(name, ensure_ascii=False)[1:-1])
    }


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=3, max_size=8),
    st.text(st.sampled_from("<>&\"'/ bscript=()王\\"), min_size=6, max_size=24).map(str.strip).filter(lambda s: len(s) >= 6),
    st.text(st.characters(categories=("L", "N", "P", "S")), min_size=6, max_size=24),
), min_size=1, max_size=3, unique=True))  # fmt: skip
def test_no_name_that_was_typed_stands_in_a_zip_without_names(played, tmp_path_factory, names):
    folder = Path(copytree(played, tmp_path_factory.mktemp("named") / "room"))
    export(folder, folder.with_name("before.zip"), names=False)
    before = b"\0".join(members(folder.with_name("before.zip")).values())
    secrets = say(folder, names)
    path = folder.with_name("room.zip")
    export(folder, path, names=False)
    whole = members(path)
    for name in names:
        for form in forms(name):
            assert form in before or not [member for member, body in whole.items() if form in body]
    for secret in secrets:
        assert not [member for member, body in whole.items() if secret.encode() in body]
    export(folder, path, names=True)
    assert all(json.dumps(name, ensure_ascii=False).encode() in members(path)["room/people.jsonl"] for name in names)


@pytest.mark.parametrize("names", [True, False])
def test_a_room_comes_out_of_its_zip_whole_and_without_secrets(played, tmp_path, names):
    folder = Path(copytree(played, tmp_path / "room"))
    secrets = say(folder, ["王小明", "<b>Ada</b>"])
    session = Session(SCENARIO, PLAN, CARD.seed, folder)
    assert session.facilitate({"id": "end", "type": "room.end"}).ok
    session.leave()
    write_debrief(folder, SCENARIO, PLAN, reruns=False, jobs=1)
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    export(folder, one, names=names)
    export(folder, two, names=names)
    assert one.read_bytes() == two.read_bytes()
    whole = members(one)
    tables = {
        f"room/tables/{name}.{form}"
        for name in ("records", "trades", "balances", "postings")
        for form in ("csv", "parquet")
    }
    assert tables | {
        "room/README.txt", "room/room.json", "room/commands.jsonl", "room/frames.jsonl", "room/people.jsonl",
        "room/run/ledger.db", "room/run/manifest.json", "room/debrief.json", "room/debrief.zh.html", "room/debrief.en.html",
    } <= set(whole)  # fmt: skip
    everything = b"\0".join(whole.values())
    assert not [secret for secret in secrets if secret.encode() in everything]
    hashes = re.findall(r'"(?:token|hash|salt)": "([^"]+)"', (folder / "people.jsonl").read_text())
    assert hashes
    assert not [found for found in hashes if found.encode() in everything]
    assert ("王小明".encode() in everything) == names
    with closing(ZipFile(one)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        packed.extractall(tmp_path / "out")
    (tmp_path / "spare").mkdir()
    again = play_again(tmp_path / "out" / "room", SCENARIO, PLAN, CARD.seed, tmp_path / "spare")
    assert again.same, again


WORKS = """code,name_en,name_zh,so2_cost_last,source
A1,Own works 1,自家一厂,2000,assumption
A2,Own works 2,自家二厂,2000,assumption
B1,Own works 3,自家三厂,4000,assumption
D1,Own works 4,自家四厂,8000,assumption
"""
MIDDLE = """ecomarket: 1
extends: classroom-permits
name: own-middle
title: {en: Middle, zh: 中间}
"""
OWN = """ecomarket: 1
extends: ../base/middle.yaml
name: own-permits
title: {en: Our own, zh: 自家}
participants:
  works: {table: ../data/works.csv}
"""


def own_room(home):
    """Play a little in a room of a scenario of one's own, in three folders, with a plan of its own; return its folder."""
    for name in ("wanglaoshi", "base", "data", "plans"):
        (home / name).mkdir(parents=True)
    (home / "data" / "works.csv").write_text(WORKS, encoding="utf-8")
    (home / "base" / "middle.yaml").write_text(MIDDLE, encoding="utf-8")
    (home / "wanglaoshi" / "own.yaml").write_text(OWN, encoding="utf-8")
    shipped = Path(__file__).parents[2] / "scenarios" / "classroom-permits" / "room.yaml"
    (home / "plans" / "two.yaml").write_bytes(shipped.read_bytes())
    card = RoomCard(str(home / "wanglaoshi" / "own.yaml"), (), 7, str(home / "plans" / "two.yaml"), "K7M3QX")
    folder = home / "room"
    card.write(folder)
    session = Session(*card.load(), card.seed, folder)
    showing = Showing(session)
    while session.clock.phase.kind != "trade":
        assert session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"}).ok
    session.pass_time(60.0)
    session.published.write(session.stand, showing.shared())
    session.leave()
    return folder


@pytest.mark.parametrize("names", [True, False])
def test_a_room_of_ones_own_scenario_is_played_again_without_its_files(tmp_path, names):
    home = tmp_path / "machine"
    folder = own_room(home)
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    assert export(folder, one, names=names)
    assert export(folder, two, names=names)
    assert one.read_bytes() == two.read_bytes()
    rmtree(home)
    whole = members(one)
    assert {name for name in whole if "/scenario/" in name or "plan" in name} == {
        "room/plan.yaml", "room/scenario/1/own.yaml", "room/scenario/base/middle.yaml", "room/scenario/data/works.csv",
    }  # fmt: skip
    assert names or not [member for member, body in whole.items() if b"wanglaoshi" in body or "wanglaoshi" in member]
    with closing(ZipFile(one)) as packed:
        packed.extractall(tmp_path / "out")
    done = CliRunner().invoke(replay, [str(tmp_path / "out" / "room"), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["same"]
    assert export(tmp_path / "out" / "room", two, names=names)  # and packed once more
    assert {name: body for name, body in members(two).items() if name != "room/run/manifest.json"} == {
        name: body for name, body in whole.items() if name != "room/run/manifest.json"
    }


def test_a_scenario_that_changed_since_is_not_taken_along(tmp_path):
    folder = own_room(tmp_path / "machine")
    table = tmp_path / "machine" / "data" / "works.csv"
    table.write_text(WORKS.replace("8000", "8001"), encoding="utf-8")
    done = CliRunner().invoke(command, [str(folder), "--lang", "en"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "changed since" in done.output
    told = members(folder.with_name("room.zip"))
    assert not [name for name in told if "/scenario/" in name]
    assert json.loads(told["room/room.json"])["scenario"].endswith("wanglaoshi/own.yaml")


def test_a_rule_in_a_file_of_ones_own_is_named_and_not_taken_along(tmp_path):
    card = RoomCard(
        "classroom-permits", ("+/home/wang/toll_levy.py:charge_cny=40", "venues.permit-market.tick=10"), 7, "", "K7M3QX"
    )
    card.write(tmp_path / "room")
    assert not export(tmp_path / "room", tmp_path / "x.zip", names=False)
    told = json.loads(members(tmp_path / "x.zip")["room/room.json"])
    assert told["overrides"] == ["+toll_levy.py:charge_cny=40", "venues.permit-market.tick=10"]


def test_a_room_that_is_open_can_be_packed(played, tmp_path):
    folder = Path(copytree(played, tmp_path / "room"))
    session = Session(SCENARIO, PLAN, CARD.seed, folder)
    session.facilitate({"id": "r", "type": "clock.resume"})
    session.pass_time(200.0)
    export(folder, tmp_path / "open.zip", names=True)
    session.leave()
    assert members(tmp_path / "open.zip")["room/tables/records.csv"].count(b"\n") > 100


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_verb_writes_beside_the_folder(played, tmp_path, lang):
    folder = Path(copytree(played, tmp_path / "room.of.2025"))
    done = CliRunner().invoke(command, [str(folder), "--without-names", "--lang", lang], catch_exceptions=False)
    assert done.exit_code == 0
    assert str(tmp_path / "room.of.2025.zip") in done.output
    assert not list(tmp_path.glob("*.part"))


def test_what_is_no_room_is_told(tmp_path):
    with pytest.raises(RunError, match=r"room\.json"):
        export(tmp_path, tmp_path / "x.zip", names=True)
