"""ecomarket explain: what a code or a plug-in means; the story of an order of a run."""

from __future__ import annotations

from typing import Final

import click

from ecomarket.cli._console import print_document
from ecomarket.cli._options import json_option, lang_option, ledger_option
from ecomarket.cli._shell import LANG, say

AREAS: Final = ("refusals", "findings", "runs", "experiments", "authoring", "workshop", "room")
"""Catalogues in which a code stands by its name alone; those of scenarios have an example too."""


@click.command("explain", help=say("explain"))
@click.argument("code", metavar="CODE")
@click.option("--run", "run", metavar="RUN", help=say("explain_run"))
@ledger_option
@json_option
@lang_option
def command(code: str, run: str | None, url: str | None, as_json: bool) -> None:
    """Look the code up among diagnostics, refusals, findings, words about runs, and plug-ins; exit 2 if it is none.

    With --run tell the story of an order.
    """
    number = code.removeprefix("#")
    if number.isdecimal() or run is not None:
        _order(number, run, url, as_json=as_json)
        return
    if not (_word(code.upper(), as_json=as_json) or _plug_in(code, as_json=as_json)):
        click.echo(say("error", message=say("explain_unknown", code=code, near=_near(code))), err=True)
        raise SystemExit(2)


def _order(number: str, run: str | None, url: str | None, *, as_json: bool) -> None:
    import json

    from ecomarket.cli._order import explained

    if run is None:
        raise click.UsageError(say("explain_which_run", order=number))
    if not number.isdecimal():
        raise click.UsageError(say("explain_not_order", code=number))
    text, document = explained(run, int(number), url)
    click.echo(json.dumps(document, ensure_ascii=False) if as_json else text)


def _word(code: str, *, as_json: bool) -> bool:
    """Print what the catalogues say of a code; return whether they know it."""
    from ecomarket.i18n import LANGUAGES, catalogue
    from ecomarket.scenario.render import codes, explain

    if code in codes():
        entry = catalogue("diagnostics")[code]
        said = {lang: entry[f"help_{lang}"] for lang in LANGUAGES} | {"example": entry["example"]}
        text = explain(code, LANG)
    else:
        found = (catalogue(area)[code] for area in AREAS if code in catalogue(area))
        entry = next(found, {})
        if not entry:
            return False
        said = {lang: entry[lang] for lang in LANGUAGES}
        text = f"{code}: {entry[LANG]}"
    if as_json:
        print_document("ecomarket.code/1", {"code": code, **said})
    else:
        click.echo(text)
    return True


def _near(code: str) -> str:
    """Return the question whether the nearest code or plug-in was meant, "" where none is near."""
    from ecomarket.i18n import catalogue
    from ecomarket.scenario.catalogue import CATALOGUES, entries
    from ecomarket.scenario.findings import nearest
    from ecomarket.scenario.render import codes

    stated = [name for area in AREAS for name in catalogue(area)]
    found = nearest(code, [*(kind for area in CATALOGUES for kind in entries(area)), *codes(), *stated])
    return say("explain_near", near=found) if found else ""


def _plug_in(kind: str, *, as_json: bool) -> bool:
    """Print what `policies show` and its like print of a plug-in; return whether there is one of the kind."""
    from ecomarket.cli._plug_ins import described
    from ecomarket.scenario.added import POLICIES, own_rule
    from ecomarket.scenario.catalogue import CATALOGUES, entries, entry

    area = next((area for area in CATALOGUES if kind in entries(area)), POLICIES if own_rule(kind) else "")
    if not area:
        return False
    found = entry(area, kind)
    if as_json:
        print_document("ecomarket.plug-in/1", found.as_dict())
    else:
        click.echo("\n".join(described(found)))
    return True
