"""The engine in a room, without a network: a session that people play, and the room that keeps it going.

room.py      Room: the engine thread, its queue, frames once a second
session.py   Session: time that passes and lines of the log, applied; resumed by applying them again
steps.py     the facilitator's steps: phases, pauses, cards, messages
levers.py    what of the rules may be set while a room goes on, and in which words
entries.py   entries of rules whose values are maps
rounds.py    the worlds: the one that counts, and that of the practice
clock.py     phases and seconds on the wall; the sittings of the run as one track
log.py       the log: every command on the disk before anybody is told of it
published.py every frame that everybody could see, kept as it was sent
again.py     a room played again from its record, every public frame and the ledgers compared
asked.py     what seats ask for, as decisions of the model
standing.py  what of a seat's stands, and its free cash: what commands are read against
amounts.py   units that people type, as lots and cash
refused.py   answers
limits.py    within what a price must lie
news.py      what is told to everybody and to one seat
tape.py      trades and fills, from the records
frames.py    what is seen of a world
halls.py     what the rules say beforehand of an auction
position.py  where a county, a water office or a helper stands against what is asked of it
offsets.py   how much of a duty may be met with other rights
showing.py   snapshots and frames
ranking.py   who stands where after a trading phase
"""
