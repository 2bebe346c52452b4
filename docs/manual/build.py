"""Build the manual: its pages, the reference generated from the program, the reference and background of docs/.

`python docs/manual/build.py [FOLDER]` writes FOLDER/site (default: build/manual/site), Chinese and English, for a browser without a network.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHARED = ("reference", "background", "adr")
LANGUAGES = {"en": "English", "zh": "中文"}
OTHER = {"en": ("zh", "中文"), "zh": ("en", "English")}
PAGES = (
    "index", "first-run", "first-rule", "scenario", "compare", "many", "ledger", "report", "calibrate", "python", "workshop",
)  # fmt: skip
GENERATED = ("commands", "plug-ins")
WORDS = {
    "en": {"command": "Commands", "plug": "Rights, policies, strategies, processes, mechanisms, measures", "area": {},
           "unit": "Unit", "keys": "Keys", "measures": "Measures"},
    "zh": {"command": "命令", "plug": "权利、政策、策略、自然过程、机制与指标",
           "area": {"rights": "权利", "policies": "政策", "strategies": "策略", "nature": "自然过程", "mechanisms": "机制"},
           "unit": "单位", "keys": "键", "measures": "指标"},
}  # fmt: skip
STYLE = """body { font-family: system-ui, "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei", sans-serif; }
pre code { white-space: pre; }
table { display: block; overflow-x: auto; }
"""


def build(folder: Path) -> Path:
    """Write the site below `folder` and return its first page. Raises CalledProcessError if mkdocs finds a fault."""
    source, site = folder / "source", folder / "site"
    shutil.rmtree(folder / "source", ignore_errors=True)
    for name in SHARED:
        shutil.copytree(ROOT / "docs" / name, source / name)
    for name in ("benchmarks.svg", "reliability.md"):
        shutil.copy(ROOT / "docs" / name, source / name)
    for lang in LANGUAGES:
        (source / lang).mkdir(parents=True)
        for page in PAGES:
            text = (HERE / lang / f"{page}.md").read_text(encoding="utf-8")
            write(source / lang / f"{page}.md", with_switch(text, lang, page))
        made = generated(lang)
        for page in GENERATED:
            write(source / lang / f"{page}.md", with_switch(made[page], lang, page))
    write(source / "index.md", "# ecomarket\n\n- [The manual](en/index.md)\n- [手册](zh/index.md)\n")
    write(source / "style.css", STYLE)
    write(folder / "mkdocs.json", json.dumps(settings(source, site), ensure_ascii=False))
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    words = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(folder / "mkdocs.json")]
    subprocess.run(words, check=True)
    return site / "index.html"


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def with_switch(text: str, lang: str, page: str) -> str:
    """Return a page with the way to itself in the other language below its title; readers need no marks of the tests."""
    title, _, rest = text.replace("```console long", "```console").replace("```python long", "```python").partition("\n")
    code, name = OTHER[lang]
    return f"{title}\n\n[{name}](../{code}/{page}.md)\n\n{rest}"


def settings(source: Path, site: Path) -> dict[str, object]:
    """Return what mkdocs is to do: no search, no highlighter, no plug-in, nothing that is fetched."""
    shared = [{name: [f"{name}/{p.name}" for p in sorted((source / name).glob("*.md"))]} for name in SHARED]
    nav: list[object] = [
        {name: [f"{lang}/{page}.md" for page in (*PAGES, *GENERATED)]} for lang, name in LANGUAGES.items()
    ]
    return {
        "site_name": "ecomarket",
        "docs_dir": str(source),
        "site_dir": str(site),
        "use_directory_urls": False,
        "theme": {"name": "mkdocs", "highlightjs": False, "color_mode": "auto", "user_color_mode_toggle": True},
        "plugins": [],
        "extra_css": ["style.css"],
        "markdown_extensions": ["tables", "fenced_code", "toc"],
        "validation": {"links": {"not_found": "ignore", "unrecognized_links": "ignore", "anchors": "ignore"}},
        "nav": [*nav, *shared, {"reliability": "reliability.md"}],
    }


def generated(lang: str) -> dict[str, str]:
    """Return the generated pages of a language, from a process that speaks it."""
    words = [sys.executable, str(Path(__file__)), "--generate", lang]
    env = os.environ | {"ECOMARKET_LANG": lang, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "100"}
    done = subprocess.run(words, check=True, capture_output=True, text=True, env=env)
    made: dict[str, str] = json.loads(done.stdout)
    return made


def commands(lang: str) -> str:
    """Return the help of every command."""
    import click

    from ecomarket.cli._shell import shell

    parts = [f"# {WORDS[lang]['command']}\n"]

    def told(command: click.Command, name: str, above: click.Context | None) -> None:
        context = click.Context(command, info_name=name, parent=above, terminal_width=100, max_content_width=100)
        parts.append(f"{'##' if above is None or above.parent is None else '###'} {context.command_path}\n")
        parts.append(f"```text\n{command.get_help(context)}\n```\n")
        if isinstance(command, click.Group):
            for verb in command.list_commands(context):
                found = command.get_command(context, verb)
                assert found is not None
                told(found, verb, context)

    told(shell, "ecomarket", None)
    return "\n".join(parts)


def plug_ins(lang: str) -> str:
    """Return what is installed: label, ground and parameters of each, and every measure."""
    from ecomarket.results.summary import measure_classes
    from ecomarket.scenario.catalogue import CATALOGUES, entries

    said = WORDS[lang]
    parts = [f"# {said['plug']}\n"]
    for area in CATALOGUES:
        parts.append(f"## {said['area'].get(area, area.capitalize())}\n")
        for kind, entry in entries(area).items():
            parts.append(f"### {kind}\n\n**{entry.label(lang)}**. {entry.reference}\n")
            rows = [f"| `{p.name}` | {cell(p.about(lang))} | {cell(p.unit)} | {cell(p.default)} |" for p in entry.parameters]
            if rows:
                parts.append("\n".join(["| | | | |", "|---|---|---|---|", *rows]) + "\n")
    parts.append(f"## {said['measures']}\n")
    for kind, measure in measure_classes().items():
        label = measure.label_zh if lang == "zh" else measure.label_en
        keys = ", ".join(f"`{key}`" for key in measure.keys)
        parts.append(f"### {kind}\n\n**{label}**. {said['keys']}: {keys}. {said['unit']}: {measure.unit}.\n\n{measure.reference}\n")
    return "\n".join(parts)


def cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--generate"]:
        chosen = sys.argv[2]
        print(json.dumps({"commands": commands(chosen), "plug-ins": plug_ins(chosen)}))
    else:
        print(build(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "build" / "manual"))
