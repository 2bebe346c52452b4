"""The debrief: what a room did, beside its benchmark and beside bots, as a page for the last bell.

In: the folder of a room (commands.jsonl, people.jsonl, run/), its scenario and its plan. Out: debrief.json with every
number, debrief.zh.html and debrief.en.html, and a page a seat where the ranking was hidden. Reads only.

standings   where each seat stands: its cost beside its own yardstick, who complied; the order of the ranking
goals       the yardstick of each kind of party, in the scenario's own terms
record      what commands.jsonl tells: phases, shocks, rules, who acted when, real time of a simulated time
surveys     answers before and after, from people.jsonl
opening     a room's folder found again: its scenario and plan
happened    a room as the debrief sees it: its run, record, plan, standings, who may be named
margins     what the next tonne costs each seat, and what two seats could have gained from each other
moments     three moments picked by rule
agreed      deals outside the book, and those into which a seat stepped
missed      the best trade that a seat let pass, and one tip
reruns      the same start played by bots, under the same and under other rules
rulesets    the other rules: the plan's alternatives that the scenario can take
rules       rules in force, what the room changed, marks in charts
benchmark   prices and costs that the room is held against
document    every number of the page, as debrief.json holds it
figure      the base of every figure
material    what pages and figures draw from: the document in one language
figures     one figure a file
telling     moments in words
parts       the sections of the page as HTML
seats       the personal sections
page        the page whole, and the personal pages
write       the files in the room's folder

debrief.css is the page's own style on top of the report's.
"""
