"""ecomarket explain: what a code or a plug-in means; the story of an order of a run."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from ecomarket.cli._options import json_option, lang_option, ledger_option
from ecomarket.cli._shell import LANG, say

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    for text in chain(_words(code), _plug_ins(code)):
        click.echo(text)
        return
    click.echo(say("error", message=say("explain_unknown", code=code)), err=True)
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


def _words(code: str) -> Iterator[str]:
    """Yield what the catalogues say of a code."""
    from ecomarket.i18n import catalogue
    from ecomarket.scenario.render import codes, explain

    if code.upper() in codes():
        yield explain(code.upper(), LANG)
    for area in ("refusals", "findings", "runs", "experiments", "authoring"):
        entry = catalogue(area).get(code) or catalogue(area).get(code.upper())
        if entry:
            yield f"{code.upper()}: {entry[LANG]}"
    for area in ("workshop", "room"):
        if code.upper() in catalogue(area):
            yield f"{code.upper()}: {catalogue(area)[code.upper()][LANG]}"


def _plug_ins(kind: str) -> Iterator[str]:
    """Yield the label, reference and parameters of a plug-in."""
    for package, base in _packages():
        from ecomarket.registry import discover

        found = discover(package, base).get(kind)
        if found is None:
            continue
        label = found.label_zh if LANG == "zh" else found.label_en
        lines = [f"{kind} ({package.removeprefix('ecomarket.')}): {label}"]
        lines.append(f"{say('explain_reference')}: {found.reference}")
        lines.append((found.__doc__ or "").strip())
        if found.Params.model_fields:
            lines.append(f"{say('explain_parameters')}:")
        lines += [f"  {name}: {_described(field)}" for name, field in found.Params.model_fields.items()]
        yield "\n".join(lines)


def _described(field: Any) -> str:
    """Return a parameter's description in the language of this call, with its default."""
    english, _, chinese = (field.description or "").partition("|")
    text = (chinese or english) if LANG == "zh" else english
    default = "" if field.is_required() or field.default_factory else f" [{field.default}]"
    return f"{text.strip()}{default}"


def _packages() -> list[tuple[str, type[Any]]]:
    from ecomarket.agents.strategy import Strategy
    from ecomarket.nature.process import Process
    from ecomarket.policies.policy import Policy
    from ecomarket.rights.right import Right

    return [
        ("ecomarket.policies", Policy),
        ("ecomarket.agents.strategies", Strategy),
        ("ecomarket.nature", Process),
        ("ecomarket.rights", Right),
    ]
