"""The deepest level: the scenario is run again, and a history that somebody made up parts from it at one event."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner
from tests.ledger.proof.hands import blocks_of, edit, manifest_of, rewrite, rows

from ecomarket.cli._shell import shell
from ecomarket.engine.run import Driving, run
from ecomarket.ledger.store.schema import RUN_COLUMNS
from ecomarket.ledger.verify import verify as ledger_verify
from ecomarket.model.codes import RecordKind
from ecomarket.scenario import load

CHANGE = "venues.permit-market.price_band=0.05"


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return run(load("qinghai"), Driving(seed=5, until=date(2024, 1, 3)), tmp_path_factory.mktemp("runs"))


def verify(folder, *words):
    done = CliRunner().invoke(shell, ["ledger", "verify", str(folder), "--level", "resim", *words])
    return done.exit_code, done.stdout, done.output


def test_a_run_is_what_its_scenario_gives_again(done):
    code, text, _ = verify(done.folder)
    assert code == 0, text
    assert "level resim" in text


def test_a_made_up_fact_is_named_with_both_events(done, tmp_path):
    """One amount of a year's facts is changed, and every hash and table after it made anew: only this level sees it."""
    seen = {}

    def change(records):
        row = (records["kind"] == RecordKind.FACT).nonzero()[0][3]
        records["amount"][row] += 7
        seen["seq"] = int(records["seq"][row])
        return records

    path = tmp_path / "ledger.db"
    rewrite(path, manifest_of(done.folder / "ledger.db"), blocks_of(done.folder / "ledger.db"), change, 1)
    code, text, _ = verify(tmp_path)
    assert code == 1
    assert f"event {seen['seq']}: the scenario run again differs" in text
    code, text, _ = verify(tmp_path, "--json")
    found = json.loads(text)
    assert (found["level"], [(f["code"], f["seq"]) for f in found["findings"]]) == ("resim", [("RESIM", seen["seq"])])


def test_the_folder_may_say_where_the_scenario_is_and_what_was_set(done, tmp_path):
    (tmp_path / "ledger.db").write_bytes((done.folder / "ledger.db").read_bytes())
    told = json.loads((done.folder / "manifest.json").read_text(encoding="utf-8"))
    for words, more in (
        ("made with the scenario (digest)", {"overrides": [CHANGE]}),
        ("nowhere.yaml", {"source": "nowhere.yaml"}),
    ):
        (tmp_path / "manifest.json").write_text(json.dumps(told | more), encoding="utf-8")
        code, _, text = verify(tmp_path)
        assert code == 2
        assert words in text


def test_a_run_is_sealed_at_its_end_and_anew_when_done_again(done, tmp_path):
    assert verify(done.folder)[1].rstrip().endswith(", sealed")
    cut = Driving(seed=6, until=date(2024, 1, 1))
    first = run(load("qinghai"), cut, tmp_path)
    (first.folder / "ledger.seal.json").write_text("of something else")
    again = run(load("qinghai"), replace(cut, force=True), tmp_path)
    assert again.folder == first.folder
    assert ledger_verify(again.folder / "ledger.db").clean


def test_a_cut_tail_is_seen(done, tmp_path):
    last = blocks_of(done.folder / "ledger.db")[-1]
    whole = rows(done.folder / "ledger.db", "run")[0]
    path = tmp_path / "ledger.db"
    rewrite(path, whole["manifest"], blocks_of(done.folder / "ledger.db")[:-1], lambda r: r, 0)
    code, text, _ = verify(tmp_path)
    assert code == 1
    assert f"ends here, after event {last.first_seq - 1}" in text


def test_damage_is_told_without_running_again(done, tmp_path):
    edit(done.folder / "ledger.db", tmp_path / "ledger.db", ("UPDATE run SET manifest = ?", (b"{}",)))
    code, text, _ = verify(tmp_path)
    assert code == 1
    assert "EV-GENESIS" in text
    assert RUN_COLUMNS[1] == "manifest"


def test_another_scenario_or_version_is_refused_in_one_sentence(done, tmp_path):
    code, _, text = verify(done.folder, "--set", CHANGE)
    assert code == 2
    assert "made with the scenario (digest)" in text
    assert verify(done.folder, "--scenario", "nowhere")[0] == 2
    manifest = json.loads(manifest_of(done.folder / "ledger.db")) | {"version": "0.0.1"}
    from ecomarket.ledger.canon import canonical

    rewrite(tmp_path / "ledger.db", canonical(manifest), blocks_of(done.folder / "ledger.db"), lambda r: r, 0)
    code, _, text = verify(tmp_path)
    assert code == 2
    assert "made with the version of ecomarket 0.0.1" in text
