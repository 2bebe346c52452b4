"""The workshop: a room of people in the same engine, on the analyst's own scenario file.

In: a scenario, a room plan, people and bots with commands. Out: a room's folder with an ordinary run in it, and pages.

plan/       what a room does and for how long: room.yaml, or derived from the scenario
game/       the engine in a room, without a network: commands, log, clock, frames, resume
server/     what a room says to browsers and bots, and who may ask
pages/      what browsers show: static files
debrief/    the page made at the last bell, standings, the same day played by bots
export.py   a room in one zip
carried.py  the files of a scenario of one's own, for the zip
material/   printed cards, order slips and tally sheets; a paper session typed into a ledger
"""
