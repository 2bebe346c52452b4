"""The workshop: a room of people, and bots over the same door, in the same engine as any run.

In: a scenario and a room plan. Out: the folder of a room, with an ordinary run in it.

server/   what a room says to browsers and bots, and who may ask
"""
