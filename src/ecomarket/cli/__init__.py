"""The command line: one file a verb. Heavy imports stay inside the commands, so --help is quick.

In: words of a user. Out: results on stdout, progress and messages on stderr, an exit code.
Exit codes: 0 done, 1 ran and found problems, 2 cannot read what it was given, 3 an experiment with failed
cells, or our fault, 130 interrupted.

_shell.py      the group: finds the verbs, turns errors into messages and exit codes, speaks zh and en
_chinese.py    click's own words in Chinese
_completing.py  names that a shell completes
_options.py    options that several verbs share
_event.py       one ledger event as a line or a document
_registry_verbs.py  trace, lots, statement
_open.py       a run's ledger opened for a verb that reads it
_console.py    how results, findings and progress reach the terminal
init.py        begin a study in a folder of its own
run.py         simulate a scenario, write ledger, measures, tables and report
_expected.py    columns that expectations name, looked up before a run
what_if.py     prices from a date on under a changed rule, beside a run's own
replay.py      run a recorded order file through chosen rules
replicate.py   one scenario over many seeds
compare.py     variants of a scenario against it, over the same seeds
sweep.py       a scenario at every point of a grid, a list or a Latin hypercube
frontier.py    points by two measures, and those that no other is better than
sensitivity.py  which factors what is measured hangs on, by Morris or Sobol
_experiment.py what these have in common: options, progress, tables
validate.py    check scenario files, all errors at once
equilibrium.py  the least-cost benchmark of a scenario; _benchmark.py its tables
calibrate.py   patience and attention by simulated moments
schema.py      print the JSON Schema of scenario files
scenarios.py   list the scenario library
report.py      write the report of a run or an experiment again, in either language
ledger.py      verify, seal, show, compare, export and (_ledger_replay.py) play again
_parting.py    where two ledgers part, in words; a scenario run again
ledger.py      verify and show ledgers
_rebuild.py    rebuild a ledger's projections
diff.py        what one scenario has otherwise than another
sources.py     list every value of a scenario with its source
show.py        print a scenario fully resolved
explain.py     explain a code: diagnostic, refusal, finding or plug-in; _order.py the story of an order
_refusals.py   why orders of a run were refused
policies.py    list, show and write policies, run stories, print the coverage table
rules.py       the rule designer's loop: list, new, test; _rule_tests.py plays and watches
rights.py, strategies.py, processes.py, mechanisms.py    list and show what is installed
_plug_ins.py   list and show, for all of these
validity.py    published results, reproduced or not
chaos.py       run drawn scenarios under drawn faults
room.py        the room of a workshop: _room_open, _room_resume (_room_serving.py is what both share), _room_bot,
               _room_cards, _room_tally, _room_debrief, _room_export
completion.py  the script by which a shell completes words
doctor.py      check the machine
"""

from ecomarket.cli._shell import main

__all__ = ["main"]
