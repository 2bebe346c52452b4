"""The server of a room: the API, the socket, who may do what, and how a room reaches a network.

In: a room (workshop/game) and requests. Out: frames, replies, people.jsonl. It never touches the world itself: whatever
moves it goes through `room.submit`, `room.facilitate` and `room.drive`.

house.py         what the server keeps of one room, and what it needs of the room
app.py           the FastAPI application: routes, refusals, lifespan
joining.py       routes of people: lobby, join, language, survey, the first look
playing.py       routes of the game: state, history, commands of seats and of the facilitator
ruling.py        routes of the rules: what the facilitator may set, and how it would be announced
yardstick.py     the benchmark's prices, for the facilitator alone
exporting.py     the route of the room's zip
publishing.py    routes of files: pages, words, debrief, schema
lodging.py       the facilitator's commands that are the server's own: lock, PIN, reassignment, tutors
sockets.py       the socket: first message, frames down, heartbeat both ways
hub.py           one frame a tick to everybody, each socket at its own pace
views.py         what each role may see of a snapshot and of a frame
callers.py       who asks: the token, its role, its rate
people.py        the register: people.jsonl; people_file.py reads and appends it
keys.py          room codes, tokens, PINs and their hashes
limits.py        how often: commands, wrong codes, joins
presence.py      who is online, and when a bot drives
waking.py        notices that the machine slept
idle.py          connections that wait: how long, how many
shield.py        headers and the size of bodies, around the application
refusals.py      refusals in Chinese and English
bodies.py        bodies and replies, as the schema tells them; commands.py those of the game
files.py         static files with their hash
address.py       where the room is found on the network, and its QR code
serve.py         uvicorn around the application
opening.py       a house for a room: people, seats, keys
ending.py        what is done when the last bell has rung
bot.py           a small honest bot over HTTP
"""
