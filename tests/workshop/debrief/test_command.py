"""`ecomarket room debrief`: files where they belong, and a message for what cannot be read."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from ecomarket.cli._room_debrief import command
from ecomarket.errors import UserError
from ecomarket.workshop.debrief.opening import room_folder, room_of


def test_the_debrief_is_written_again(room, monkeypatch):
    folder, _, _ = room()
    monkeypatch.chdir(folder.parent)
    done = CliRunner().invoke(command, [folder.name, "--no-reruns"], catch_exceptions=False)
    assert done.exit_code == 0
    assert [p.name for p in sorted(folder.glob("debrief*"))] == ["debrief.en.html", "debrief.json", "debrief.zh.html"]
    assert json.loads((folder / "debrief.json").read_text())["reruns"] is None
    assert str(folder.name) in done.output


def test_a_room_is_found_below_rooms(room, monkeypatch, tmp_path):
    folder, _, _ = room()
    home = tmp_path / "home"
    (home / "rooms").mkdir(parents=True)
    folder.rename(home / "rooms" / folder.name)
    monkeypatch.chdir(home)
    assert room_folder(folder.name).is_dir()


def test_what_is_no_room_is_told_in_both_languages(tmp_path):
    with pytest.raises(UserError) as caught:
        room_folder(str(tmp_path))
    assert caught.value.exit_code == 2
    assert "room.json" in caught.value.text("en")
    assert "房间文件夹" in caught.value.text("zh")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"scenario": "classroom-permits", "overrides": 3, "plan": ""}'])
def test_a_damaged_room_json_is_told(room, text):
    folder, _, _ = room()
    (folder / "room.json").write_text(text)
    with pytest.raises(UserError, match="room"):
        room_of(folder)


def test_a_room_that_never_ran_is_told(room):
    folder, _, _ = room()
    (folder / "run").unlink()
    with pytest.raises(UserError, match="no run yet"):
        room_of(folder)


def test_another_scenario_than_was_played_is_refused(room):
    folder, _, _ = room()
    about = json.loads((folder / "room.json").read_text())
    about["overrides"] = ["policies.permit-compliance.fine_cny=5"]
    (folder / "room.json").write_text(json.dumps(about))
    with pytest.raises(UserError, match="not the scenario that was played"):
        room_of(folder)
