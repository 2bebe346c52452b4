"""The scenario language: strict YAML and CSV tables in, one typed and checked Scenario out, or every fault at once.

In: a path or a shipped name, and overrides. Out: `load(...) -> Scenario`, or ScenarioError.

text.py         strict YAML -> tree; refuses what YAML readers disagree on
nodes.py        the tree: values that know file, line and column
tables.py       CSV tables -> rows of the same tree
findings.py     collect faults in both languages, with excerpt and did-you-mean
compose.py      extends and --set
added.py        --rule: rules added for one command, from a file of the user's too
types.py        walk a model's types and a tree side by side
locate.py       check a tree against models; Pydantic's errors back to places
plugs.py        the plug-ins a scenario may name
plugged.py      the parameters of plug-ins
references.py   every name exists
measured.py     measures, their columns and values that expectations name
terms.py        first and last days of policies
checks.py       dates, units of a right, caps, bands; advice
sound.py        those checks on what is sound beside what is not, so that all faults are told at once
expected.py     expectations that the calendar lets a run check
schedules.py    what participants would do at every price, as numbers; curves.py checks what is written of it
menus.py        schedules of firms that write none, by the facts of their rows
standards.py    what zones of a river may issue, and what arrives of a right sold elsewhere
venues.py       a venue as the exchange's integer rules
states.py       the scenario in a state of the world, and which one a seed draws
draw.py         small valid scenarios by seed
library.py      shipped scenarios by name
given.py        arguments of a program: what is no path, no list of texts is told as a fault
load.py         all of it in order; Scenario and its digest
schema/         the typed models
begin.py        begin a study: a folder with a scenario to change, from starters/
render.py       findings as text, JSON, GitHub annotations; explain a code; sarif.py findings as SARIF
catalogue.py    what is installed, with labels, grounds and parameters
carded.py       what a scenario shows of itself in a notebook
sources.py      every value with its source
diff.py         what differs between two scenarios; diff_words.py tells it
show.py         a scenario printed back, resolved
jsonschema.py   JSON Schema for editors; jsonschema_forms.py what may stand wherever a value stands
"""

from ecomarket.scenario.load import PolicyUse, Scenario, load

__all__ = ["PolicyUse", "Scenario", "load"]
