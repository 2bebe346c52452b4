"""A room under load, on the loopback: frames to people, orders of people, orders of bots.

Everything the server does is in it: checks, matching, settlement, the log on the disk before each reply. `python
benchmarks/rooms.py` takes a minute; `--clients 60 300 --seconds 600` is the long form. The server is a process of its
own, whose time on the processor is read from the system (Linux), so that the load of the clients does not count.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from statistics import quantiles
from typing import Any

import websockets

SCENARIO = "classroom-permits"
PER_PERSON = 3
SEATS_SHARED_BY = 12
BOTS = 20
ANSWER = re.compile(rb"^HTTP/1\.1 (\d+).*?content-length: (\d+)", re.DOTALL | re.IGNORECASE)


class Room:
    """A room in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.said = folder / "stderr"
        plan = folder / "room.yaml"
        plan.write_text(f"room: 1\nseats: [{{group: works, people_most: {SEATS_SHARED_BY}}}]\n", encoding="utf-8")
        words = [
            "room",
            "open",
            SCENARIO,
            "--plan",
            plan,
            "--port",
            "0",
            "--out",
            folder / "rooms",
            "--bot-rate",
            "10000",
        ]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ecomarket", *map(str, words)], stdout=subprocess.PIPE, stderr=self.said.open("w"),
            text=True, env={**os.environ, "ECOMARKET_LANG": "en", "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        said = ""
        assert self.process.stdout is not None
        while "folder:" not in said:
            line = self.process.stdout.readline()
            assert line, f"the room did not open: {said}"
            said += line
        self.host, port, self.code = re.search(r"http://([\d.]+):(\d+)/\?code=(\w+)", said).groups()  # type: ignore[union-attr]
        self.port = int(port)
        self.secret = re.search(r"secret:\s+(\S+)", said).group(1)  # type: ignore[union-attr]
        self.wall = re.search(r"/p#(\S+)", said).group(1)  # type: ignore[union-attr]
        self.key = re.search(r"bots:\s+(\S+)", said).group(1)  # type: ignore[union-attr]

    def cpu_s(self) -> float:
        """Return the processor seconds the server has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait()


class Line:
    """One connection that is kept, as cheap as it gets: the clients share the machine with the server."""

    def __init__(self, room: Room, token: str = "") -> None:
        self.room, self.token = room, token

    async def ask(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Post a body; return status and answer."""
        if not hasattr(self, "reader"):
            self.reader, self.writer = await asyncio.open_connection(self.room.host, self.room.port)
        content = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self.room.host}:{self.room.port}\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        self.writer.write(head.encode() + content)
        found = ANSWER.match(await self.reader.readuntil(b"\r\n\r\n"))
        assert found is not None
        return int(found[1]), json.loads(await self.reader.readexactly(int(found[2])))


async def people(room: Room, count: int, *, key: str = "") -> list[str]:
    """Let so many people join, sharing seats by their PINs; return their tokens."""
    line, tokens, pins, full = Line(room), [], {}, False
    for n in range(count):
        body: dict[str, Any] = {"code": room.code, "name": f"p{n}", "lang": "en", "bot_key": key}
        if full:
            seat, pin = list(pins.items())[n % len(pins)]
            body |= {"seat": seat, "pin": pin}
        status, told = await line.ask("/api/v1/join", body)
        if told.get("code") == "ROOM_FULL":
            full, (seat, pin) = True, next(iter(pins.items()))
            status, told = await line.ask("/api/v1/join", {**body, "seat": seat, "pin": pin})
        assert status == 200, told
        tokens.append(told["token"])
        if told["pin"]:
            pins[told["seat"]] = told["pin"]
    return tokens


async def go(room: Room) -> None:
    """Go on to the first phase in which the world moves and counts."""
    boss = Line(room, room.secret)
    kinds = [phase["kind"] for phase in (await state(room))["static"]["phases"]]
    for n in range(kinds.index("trade")):
        status = 503
        while status == 503:  # a phase that is cut short is played to its end first
            status, told = await boss.ask("/api/v1/facilitator", {"id": f"next{n}", "type": "phase.next"})
        assert status == 200, told


async def state(room: Room) -> dict[str, Any]:
    async with websockets.connect(f"ws://{room.host}:{room.port}/api/v1/ws", max_size=None) as socket:
        await socket.send(json.dumps({"auth": room.wall}))
        return json.loads(await socket.recv())["snapshot"]


async def watch(room: Room, token: str, until: float, counts: list[tuple[int, int]]) -> None:
    """Count the frames of one client, and how many there were."""
    async with websockets.connect(f"ws://{room.host}:{room.port}/api/v1/ws?since=0", max_size=None) as socket:
        await socket.send(json.dumps({"auth": token}))
        first = last = seen = 0
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                async for text in socket:
                    if text.startswith('{"seq":'):
                        last = int(text[7 : text.index(",")])
                        first, seen = first or last, seen + 1
                        if seen % 5 == 0:
                            await socket.send('{"beat":1}')
        counts.append((seen, last - first + 1))


async def trade(room: Room, token: str, until: float, waits: list[float], pause: float) -> int:
    """Send orders one after another, far from the market; return how many were answered with 200."""
    line, done, n = Line(room, token), 0, 0
    while asyncio.get_running_loop().time() < until:
        n += 1
        body = {"id": f"{token[:8]}-{n}", "type": "order.place", "market": 1, "side": "buy" if n % 2 else "sell"}
        began = time.perf_counter()
        status, _ = await line.ask("/api/v1/commands", {**body, "price": "1000", "quantity": "1", "kind": "ioc"})
        waits.append(time.perf_counter() - began)
        done += status == 200
        await asyncio.sleep(pause)
    return done


async def frames(room: Room, clients: int, seconds: float) -> dict[str, Any]:
    """Measure so many sockets for so long, with one person sending four orders a second."""
    tokens = (await people(room, min(clients, 60))) * PER_PERSON + [room.wall] * clients
    await go(room)
    loop, counts, waits = asyncio.get_running_loop(), [], []
    until = loop.time() + seconds
    began, cpu = time.perf_counter(), room.cpu_s()
    watching = [asyncio.create_task(watch(room, token, until, counts)) for token in tokens[:clients]]
    await asyncio.gather(*watching, trade(room, tokens[0], until, waits, 0.25))
    spent = (room.cpu_s() - cpu) / (time.perf_counter() - began)
    cuts = quantiles(waits, n=100)
    return {
        "clients": clients, "seconds": seconds, "server_cpu_percent": round(100 * spent, 2),
        "frames_percent": round(100 * sum(seen for seen, _ in counts) / max(1, sum(all_ for _, all_ in counts)), 2),
        "frames_least_percent": round(min(100 * seen / max(1, all_) for seen, all_ in counts), 2),
        "order_ms_median": round(1000 * cuts[49], 1), "order_ms_p99": round(1000 * cuts[98], 1), "orders": len(waits),
    }  # fmt: skip


async def bots(room: Room, seconds: float) -> dict[str, Any]:
    """Measure how many orders a second twenty bots get done together."""
    tokens = await people(room, BOTS, key=room.key)
    await go(room)
    waits: list[float] = []
    began, cpu = time.perf_counter(), room.cpu_s()
    until = asyncio.get_running_loop().time() + seconds
    done = sum(await asyncio.gather(*(trade(room, token, until, waits, 0) for token in tokens)))
    spent, cuts = time.perf_counter() - began, quantiles(waits, n=100)
    return {
        "bots": BOTS, "orders_per_s": round(len(waits) / spent), "accepted_per_s": round(done / spent),
        "order_ms_median": round(1000 * cuts[49], 1), "order_ms_p99": round(1000 * cuts[98], 1),
        "server_cpu_percent": round(100 * (room.cpu_s() - cpu) / spent, 1),
    }  # fmt: skip


async def attack(room: Room, seconds: float) -> dict[str, Any]:
    """Measure the orders of one person in quiet, then while others knock, guess and send noise (bounded rates)."""
    (token,) = await people(room, 1)
    await go(room)
    loop = asyncio.get_running_loop()
    quiet: list[float] = []
    await trade(room, token, loop.time() + seconds, quiet, 0.2)
    until, loud = loop.time() + seconds, []
    noises = (knocks(room, until), guesses(room, until), noise(room, until))
    sent = (await asyncio.gather(trade(room, token, until, loud, 0.2), *noises))[1:]
    before, under = (quantiles(waits, n=100) for waits in (quiet, loud))
    return {
        "joins": sent[0], "guessed_tokens": sent[1], "malformed_frames": sent[2],
        "order_ms_median_quiet": round(1000 * before[49], 1), "order_ms_median_attacked": round(1000 * under[49], 1),
        "order_ms_p99_quiet": round(1000 * before[98], 1), "order_ms_p99_attacked": round(1000 * under[98], 1),
    }  # fmt: skip


async def knocks(room: Room, until: float) -> int:
    """Join 500 times a minute, mostly with wrong codes; return how often."""
    line, n = Line(room), 0
    while asyncio.get_running_loop().time() < until:
        n += 1
        code = room.code if n % 10 == 0 else "AAAAAA"
        status, _ = await line.ask("/api/v1/join", {"code": code, "lang": "en", "name": "<script>alert(1)"})
        assert status in (200, 403, 409, 429), status
        await asyncio.sleep(60 / 500)
    return n


async def guesses(room: Room, until: float) -> int:
    """Send orders with guessed tokens, twenty a second; return how many."""
    n = 0
    while asyncio.get_running_loop().time() < until:
        n += 1
        line = Line(room, f"{n:032}")
        status, _ = await line.ask("/api/v1/commands", {"id": "x", "type": "ready"})
        line.writer.close()
        assert status == 401, status
        await asyncio.sleep(0.05)
    return n


async def noise(room: Room, until: float) -> int:
    """Send malformed frames over sockets, a hundred a second; return how many."""
    n = 0
    while asyncio.get_running_loop().time() < until:
        async with websockets.connect(f"ws://{room.host}:{room.port}/api/v1/ws", max_size=None) as socket:
            with suppress(websockets.ConnectionClosed):
                for _ in range(10):
                    await socket.send(b"\x00\xff" * 40 if n % 2 else "[" * 200)
                    n += 1
                    await asyncio.sleep(0.01)
    return n


def measured(part: Any, *arguments: Any) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder))
        try:
            return asyncio.run(part(room, *arguments))
        except AssertionError:
            print(room.said.read_text(encoding="utf-8"))
            raise
        finally:
            room.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[60])
    parser.add_argument("--seconds", type=float, default=30)
    asked = parser.parse_args()
    for clients in asked.clients:
        print(json.dumps({"rooms.frames": measured(frames, clients, asked.seconds)}))
    print(json.dumps({"rooms.bots": measured(bots, min(asked.seconds, 30))}))
    print(json.dumps({"rooms.attack": measured(attack, min(asked.seconds, 60))}))


if __name__ == "__main__":
    main()
