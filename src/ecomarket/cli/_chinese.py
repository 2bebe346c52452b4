"""Click's own words in Chinese: its sentences through the gettext functions that it calls, its metavars by kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click
from click import core, decorators, exceptions, formatting, parser, termui, types

from ecomarket.i18n import catalogue, cells, tr

if TYPE_CHECKING:
    from collections.abc import Iterable

MODULES: Final = (core, decorators, exceptions, formatting, parser, termui, types)
KINDS: Final = ("integer", "float", "text", "filename")
"""Types of values whose names click prints in English; the others are a matter of its sentences."""
PIECES: Final = re.compile(r"[（《“\[]*(?:[\u2e80-\uffff]|[^\s\u2e80-\uffff]+)[，。；：、！？）”》…]*|\s+")
"""A line may end after a Chinese character and at a space, not before a closing mark or after an opening one."""

STOP: Final = re.compile(r"(?<=['\u2e80-\uffff])\.(?=\s|$)")
GAP: Final = re.compile(r"(?<=[。，；：？）])[ ](?=[\u2e80-\uffff])")


def speak_chinese() -> None:
    """Let click look its sentences up in i18n/click.toml, and measure text by the cells it takes.

    A sentence that is not there stays as it is.
    """
    vars(formatting).update(term_len=cells, wrap_text=wrap)
    for module in MODULES:
        names = vars(module)
        names["_"] = _said
        if "ngettext" in names:
            names["ngettext"] = _counted
    for error in (exceptions.MissingParameter, exceptions.NoSuchOption, exceptions.NoSuchCommand):
        _with_full_stops(error)


def _with_full_stops(error: type[exceptions.UsageError]) -> None:
    """Let an error end its sentences as Chinese does: click puts stops and gaps between what it looks up."""
    told = error.format_message

    def format_message(self: exceptions.UsageError) -> str:
        return GAP.sub("", STOP.sub("。", told(self)))

    error.format_message = format_message  # type: ignore[method-assign, assignment]


def _said(message: str) -> str:
    entry = catalogue("click").get(message)
    return entry["zh"] if entry else message


def _counted(one: str, many: str, count: int) -> str:
    return _said(one if count == 1 else many)


def wrap(
    text: str, width: int = 78, initial_indent: str = "", subsequent_indent: str = "", preserve_paragraphs: bool = False
) -> str:
    """Return a text in lines of at most `width` cells; paragraphs are parted by empty lines.

    >>> print(wrap("用水权，水 right", 6))
    用水
    权，水
    right
    """
    del preserve_paragraphs
    whole = [_lines(part, width, initial_indent, subsequent_indent) for part in re.split(r"\n\s*\n", text)]
    return "\n\n".join("\n".join(lines) for lines in whole)


def _lines(text: str, width: int, first: str, rest: str) -> list[str]:
    lines, line = [], first
    for piece in PIECES.findall(text.strip()):
        gap = " " if piece.isspace() else piece
        if line.strip() and cells(line + gap.rstrip()) > width:
            lines.append(line.rstrip())
            line = rest + gap.lstrip()
        else:
            line += gap
    return [*lines, line.rstrip()]


def in_chinese(command: click.Command) -> click.Command:
    """Return a verb, and those below it, whose usage line and kinds of values are Chinese."""
    command.options_metavar = tr("cli.options_metavar", "zh")
    for option in _without_name(command.params):
        kind = option.type.name.removesuffix(" range")
        if kind in KINDS:
            option.metavar = tr(f"cli.kind_{kind}", "zh")
    if isinstance(command, click.Group):
        command.subcommand_metavar = tr("cli.verb_metavar", "zh")
        for below in command.commands.values():
            in_chinese(below)
    return command


def _without_name(params: Iterable[click.Parameter]) -> list[click.Option]:
    """Return the options that take a value whose metavar nobody has chosen."""
    return [p for p in params if isinstance(p, click.Option) and not p.metavar and not p.is_flag and not p.count]
