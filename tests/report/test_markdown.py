"""A report as Markdown says what its page says, with a picture and the data of each chart beside it."""

from __future__ import annotations

import csv
import re
from xml.etree import ElementTree as ET

import pytest
from tests.report.conftest import MANIFEST
from tests.report.test_studies import PRICE, study_in

from ecomarket.report.build import content, figure_classes
from ecomarket.report.digest import summaries
from ecomarket.report.markdown import from_html, write_markdown
from ecomarket.report.studies.build import study_content
from ecomarket.results.summary import measures


@pytest.fixture(scope="module", params=["zh"])
def told(request, frames, tmp_path_factory):
    found = measures(frames)
    verdict = {"measure": "compliance.rate", "at_least": "0.9", "met": False, "found": ["0.6"]}
    said = content(frames, {**found, "expectations": [verdict]}, MANIFEST, request.param, "tale-s1-00000000")
    folder = tmp_path_factory.mktemp("markdown")
    path = write_markdown(said, folder)
    return request.param, found, said, folder, path.read_text(encoding="utf-8")


def test_every_table_of_the_page_is_there_with_its_numbers(told):
    lang, found, _, _, text = told
    for table in summaries(found, lang):
        assert f"**{table.title}**" in text
        assert f"| {' | '.join(table.heads)} |" in text
        assert all(f"| {' | '.join(row)} |" in text for row in table.rows), table.title
    assert text.startswith("# ") or "\n# " in text
    assert "**0123456789abcdef" not in text
    assert "0123456789abcdef" * 4 in text
    assert "`ecomarket ledger verify tale-s1-00000000`" in text
    assert "✗" in text
    assert not re.search(r"</?[a-z]+[ >]", text.replace("<br>", ""))


def test_every_chart_has_its_picture_and_its_data(told):
    _, _, said, folder, text = told
    kinds = [plug_in.kind for plug_in, _ in said.drawn]
    assert len(kinds) >= len(figure_classes()) - 1  # this tale has no real market beside it
    for plug_in, drawing in said.drawn:
        assert f"(report-figures/{plug_in.kind}.svg)" in text
        picture = ET.fromstring((folder / "report-figures" / f"{plug_in.kind}.svg").read_text(encoding="utf-8"))
        assert picture.tag.endswith("svg")
        assert len(list(picture.iter())) > 20, plug_in.kind
        with (folder / "report-figures" / f"{plug_in.kind}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == list(drawing.table.columns)
        assert len(rows) == 1 + len(drawing.table)


def test_an_experiment_too(tmp_path):
    text = write_markdown(study_content(study_in(tmp_path), "en"), tmp_path).read_text(encoding="utf-8")
    cells = "12.667 | 14.333 | 1.6667 | -1.2018 … 4.5351 | 100% | 0.25 | 1.44"
    assert f"| Prices · SO₂ permits · mean price · 2025<br>{PRICE} | {cells} |" in text
    assert "- `rights.so2.cap` = `40`" in text
    assert "- **Seeds:** 4 (1..3,9)" in text


def test_what_markdown_would_misread_is_kept_in_its_cell():
    table = (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><th>x|y</th><td>1\n2</td></tr></tbody></table>"
    )
    assert from_html(table) == "| a | b |\n| --- | --- |\n| x\\|y | 1<br>2 |"
