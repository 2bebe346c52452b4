"""The room plan: who may take a seat, what happens in which order, what is read, asked, and changed on the way.

In: a scenario, and a `room.yaml` beside it if there is one. Out: `room_plan(...) -> RoomPlan`, or ScenarioError with
every fault at its line, as for any file of the project.

model.py     what a plan says, typed; jsonschema.py its JSON Schema for editors
load.py      strict YAML -> RoomPlan
checks.py    what needs the scenario, or several parts of the plan at once
default.py   what a plan leaves out, derived from the scenario
seating.py   the seats of a plan, and who sits where with so many people
horizon.py   a random end, drawn from the seed
card.py      room.json: from which scenario, plan and seed a room was made
"""

from ecomarket.workshop.plan.load import room_plan
from ecomarket.workshop.plan.model import RoomPlan

__all__ = ["RoomPlan", "room_plan"]
