"""A room that only plays recorded frames: what the pages need of a server to be looked at. For tests alone.

It speaks the wire of the workshop's server and answers every command as told; it trades nothing.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import tomllib
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocketDisconnect

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "src" / "ecomarket" / "workshop" / "pages"
WORDS = ROOT / "src" / "ecomarket" / "i18n" / "pages.toml"
GUARD = {"Content-Security-Policy": "default-src 'self'; img-src 'self' data:"}
SECRET, WALL, TUTOR = "facilitator-secret", "projector-token", "tutor-token"
TUTORED = ["A1", "B2", "D3"]
SEATS = ["A1", "A2", "B1", "B2", "D1", "D2", "D3", "D4"]
NAMES = {
    "A1": ("低成本一厂", "Cheap works 1"), "A2": ("低成本二厂", "Cheap works 2"), "B1": ("中成本一厂", "Middling works 1"), "B2": ("中成本二厂", "Middling works 2"),
    "D1": ("高成本一厂", "Dear works 1"), "D2": ("高成本二厂", "Dear works 2"), "D3": ("高成本三厂", "Dear works 3"), "D4": ("高成本四厂", "Dear works 4"),
}  # fmt: skip
DAY = 86_400_000_000


def both(zh, en):
    return {"zh": zh, "en": en}


PHASES = [
    {"n": 0, "kind": "lobby", "name": both("等候", "Lobby"), "minutes": 8},
    {"n": 1, "kind": "cards", "name": both("说明", "Cards"), "minutes": 10},
    {"n": 2, "kind": "practice", "name": both("练习", "Practice"), "minutes": 18},
    {"n": 3, "kind": "trade", "name": both("第1轮交易", "Trade, round 1"), "minutes": 10},
    {"n": 4, "kind": "trade", "name": both("第2轮交易", "Trade, round 2"), "minutes": 8},
    {"n": 5, "kind": "debrief", "name": both("复盘", "Debrief"), "minutes": 20},
]
MARKETS = [
    {"m": 1, "code": "SO2.C", "right": "so2", "label": both("二氧化硫排污权", "Sulphur dioxide permit"), "unit": "t", "lot": "1", "tick": 1000,
     "mechanism": "continuous", "venue": "permit-market", "venue_label": both("排污权市场", "Permit market"), "auctions": [both("竞价大厅", "Auction hall")], "tables": []},
    {"m": 2, "code": "NOX.C", "right": "nox", "label": both("氮氧化物排污权", "Nitrogen oxide permit"), "unit": "t", "lot": "1", "tick": 1000,
     "mechanism": "negotiated", "venue": "table", "venue_label": both("协议转让", "Negotiated transfers"), "auctions": [], "tables": [both("协议转让", "Negotiated transfers")]},
]  # fmt: skip
CARDS = [
    {"title": both("你是一家工厂", "You run a works"), "text": both("你每年排放100吨，只有75吨排污权。\n年底要么减排，要么买够，否则罚款。", "You emit 100 t a year and hold permits for 75 t.\nBy the year's end cut, or buy enough, or pay a fine.")},
    {"title": both("怎么买卖", "How to trade"), "text": both("市场上有买价和卖价。填价格和数量，看清那一句话，再按确认。", "The market shows what others ask and bid. Fill in price and quantity, read the sentence, then press the button.")},
]  # fmt: skip
CHECKS = [
    {"ask": both("缺口45吨，什么都不做会怎样？", "You are 45 t short and do nothing. What happens?"), "answers": [both("没事", "Nothing"), both("罚款", "A fine")], "right": 1, "why": both("不足部分按吨罚款。", "Every missing tonne is fined.")},
]  # fmt: skip
DECK = [
    {"code": "fine-up", "name": both("罚款加倍", "The fine doubles"), "text": both("从明天起，罚款为200万元。", "From tomorrow the fine is 2,000,000 CNY.")},
    {"code": "band", "name": both("价格区间5%", "Price band 5 %"), "text": both("从明天起，价格不得偏离参考价5%以上。", "From tomorrow prices may not leave the reference price by more than 5 %.")},
    {"code": "drought", "name": both("干旱", "Drought"), "text": both("来水减少两成。", "A fifth less water.")},
]  # fmt: skip
CURVE = [[0, 0], [20, 1000], [40, 2500], [60, 4500], [80, 8000]]


def shared(phase=3, **clock):
    """Return what everybody sees in one frame."""
    told = {
        "phase": phase,
        "kind": PHASES[phase]["kind"],
        "left_s": 221,
        "paused": False,
        "warned_s": None,
        "halted": False,
        "date": "2025-06-12",
        "counts": True,
        "ended": False,
    }
    return {
        "clock": {**told, **clock},
        "markets": [
            {"m": 1, "open": True, "last": 643000, "reference": 640000, "low": 576000, "high": 704000, "volume": 40, "traded": 512,
             "asks": [[646000, 62], [648000, 20], [652000, 183], [655000, 9], [660000, 40]], "bids": [[641000, 57], [639000, 12], [637000, 13], [630000, 100], [625000, 5]]},
            {"m": 2, "open": False, "last": 0, "reference": 640000, "low": 640000, "high": 960000, "volume": 0, "traded": 0, "asks": [], "bids": []},
        ],
        "trades": [], "events": [], "online": {"A1": 1, "A2": 0, "B1": 2},
    }  # fmt: skip


def own(seat="A1", gap=45):
    """Return what one seat sees of itself."""
    return {
        "seat": seat, "cash": 10_000_000_000, "cash_free": 9_969_000_000, "driver": "person",
        "holdings": [{"m": 1, "posted": 560 - gap, "free": 560 - gap}],
        "bids_in": [1],
        "needs": [{"m": 1, "right": "so2", "need": 560, "have": 560 - gap, "gap": gap, "due": "2025-12-31", "charge": 135_000_000}],
        "orders": [{"order": 17, "m": 1, "side": "buy", "price": 620000, "lots": 5, "left": 5}] if gap != 45 else [],
        "bids": [{"bid": 3, "m": 1, "price": 650000, "lots": 5}],
        "offers": [{"offer": 9, "m": 2, "side": "sell", "price": 665000, "lots": 20, "from": "D1", "to": seat, "mine": False, "taken": False, "may_accept": True, "may_match": False, "until": "2025-06-22"},
                   {"offer": 10, "m": 2, "side": "buy", "price": 600000, "lots": 5, "from": seat, "to": "", "mine": True, "taken": False, "may_accept": False, "may_match": False, "until": "2025-06-20"}],
        "choices": [{"what": "abate", "right": "so2", "unit": "t/yr", "now": "25", "least": "0", "most": "80", "cost_now_cny": "17969", "curve": CURVE},
                    {"what": "build", "option": 0, "name": both("脱硫塔", "Scrubber"), "cut": "30", "cost_cny": "250000", "ready": "2026-03", "may": True}],
        "events": [],
    }  # fmt: skip


CAN = {"trade": True, "bid": True, "offer": True, "abate": True, "build": True}


def lever(what, code, param, name, label, unit, value, step, least, most):
    return {"what": what, "code": code, "param": param, "name": name, "label": label, "unit": unit, "percent": unit["en"] == "%",
            "value": value, "step": step, "least": least, "most": most}  # fmt: skip


LEVERS = [
    lever("venue", "permit-market", "price_band", both("排污权市场", "Permit market"), both("价格区间（以参考价为中心）", "price band about the reference price"), both("%", "%"), "10", "1", "1", "99"),
    lever("policy", "permit-compliance", "fine_cny", both("排污许可执行核查", "Permit compliance"), both("超许可排放罚款", "Fine for emitting above the permit"), both("元", "CNY"), "1000000", "100000", "0", None),
]  # fmt: skip


def bearer(request):
    return request.headers.get("authorization", "").removeprefix("Bearer ")


class Stand:
    """The room: what it shows may be set by a test before and while a page looks."""

    def __init__(self):
        self.phase, self.seq, self.gap = 3, 800, 45
        self.asked, self.sockets, self.taken = [], [], {"B1": 2}
        self.answer = lambda command: (200, {"ok": True, "events": []})
        self.clock, self.can, self.names, self.ranking, self.me = {}, dict(CAN), dict(NAMES), None, {}
        self.previewed, self.waiting, self.horizon = [], [], None
        self.announce = lambda body: (
            200,
            {
                "ok": True,
                "zh": "规则变更（第二天起）：排污权市场：价格区间：10% → 15%",
                "en": "Rule change from the next day on: Permit market: price band: 10% → 15%",
            },
        )
        self.desk = {
            "folder": "classroom-permits-1-K7M3QX",
            "tutors": [{"tutor": "t1", "name": "Lin", "seats": ["A1", "A2"]}],
        }
        self.events, self.fails, self.mute, self.debrief = [], 0, False, False
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.sock.getsockname()[1]}"
        routes = [
            Route("/", lambda _: self.page("index.html")), Route("/f", lambda _: self.page("f.html")), Route("/p", lambda _: self.page("p.html")),
            Route("/words", self.words), Route("/api/v1/lobby", self.lobby, methods=["POST"]), Route("/api/v1/join", self.join, methods=["POST"]),
            Route("/api/v1/state", self.state), Route("/api/v1/history", self.history), Route("/api/v1/commands", self.command, methods=["POST"]),
            Route("/api/v1/me", self.me_), Route("/api/v1/rules", self.rules), Route("/api/v1/benchmark", self.benchmark), Route("/api/v1/rules/preview", self.preview, methods=["POST"]),
            Route("/api/v1/facilitator", self.command, methods=["POST"]), Route("/api/v1/qr", self.qr), WebSocketRoute("/api/v1/ws", self.listen),
            Route("/healthz", lambda _: JSONResponse({"ok": True, "seq": self.seq, "version": "0", "debrief": self.debrief})),
            Mount("/static", StaticFiles(directory=PAGES)),
        ]  # fmt: skip
        config = uvicorn.Config(
            Starlette(routes=routes), log_level="warning", ws="websockets-sansio", timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.sock]}, daemon=True)

    def __enter__(self):
        self.thread.start()
        while not self.server.started:
            self.thread.join(0.02)
        return self

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join(10)

    def page(self, name):
        return FileResponse(PAGES / name, headers=GUARD)

    async def words(self, _):
        words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
        return JSONResponse({key: [word[lang] for lang in ("zh", "en")] for key, word in words.items()})

    def seat_names(self):
        return [{"seat": s, "name": both(*self.names[s]), "kind": "enterprise", "group": "works"} for s in SEATS]

    async def lobby(self, request):
        if (await request.json()).get("code") != "K7M3QX":
            return JSONResponse(
                {"ok": False, "code": "ROOM_CODE", "zh": "没有这个房间。", "en": "There is no such room."}, 404
            )
        seats = [
            {
                **row,
                "people": self.taken.get(row["seat"], 0),
                "people_most": 3,
                "free": row["seat"] not in self.taken,
                "first": True,
            }
            for row in self.seat_names()
        ]
        return JSONResponse(
            {"title": both("课堂：谁减排，谁付钱", "Classroom: who cuts, who pays"), "locked": False, "seats": seats}
        )

    async def join(self, request):
        body = await request.json()
        self.asked.append(body)
        seat = body.get("seat") or "A1"
        return JSONResponse(
            {"token": f"token-{seat}", "seat": seat, "person": "p7", "pin": "482913", "snapshot": self.snapshot(seat)}
        )

    def whole(self):
        return {
            **shared(self.phase, **self.clock),
            "events": self.events,
            **({"waiting": self.waiting} if self.waiting else {}),
            **({"ranking": self.ranking} if self.ranking else {}),
        }

    def mine(self, seat):
        return {**own(seat, self.gap), **self.me}

    def snapshot(self, seat=None, deck=False):
        points = [[int(DAY * (1 + k / 3)), 600000 + (k * 7919) % 61 * 1000] for k in range(90)]
        fixed = {
            "markets": MARKETS,
            "phases": PHASES,
            "cards": CARDS,
            "checks": CHECKS,
            "horizon": self.horizon,
            "seats": self.seat_names(),
            **({"deck": DECK} if deck else {}),
        }
        shot = {"schema": "ecomarket.room.snapshot/1", "seq": self.seq, "code": "K7M3QX", "scenario": "classroom-permits", "title": both("课堂：谁减排，谁付钱", "Classroom: who cuts, who pays"),
                "static": fixed, "m": self.whole(), "trades": [[n, t, 1, price, 5, "", ""] for n, (t, price) in enumerate(points)], "history": {"1": points}}  # fmt: skip
        if seat:
            shot |= {"me": self.mine(seat), "can": self.can}
        return shot

    def crowd(self, of=None):
        seats = {}
        for n, seat in enumerate(SEATS):
            if of and seat not in of:
                continue
            me = {**own(seat, [45, -8, 0, 12, 30, 30, 5, -2][n]), "driver": "bot" if seat in {"D3", "D4"} else "person"}
            me |= {
                "orders_made": [0, 3, 2, 0, 4, 1, 6, 9][n],
                "refused_in_a_row": [0, 0, 0, 4, 0, 0, 0, 0][n],
                "ready": False,
            }
            seats[seat] = {"me": me, "can": self.can}
        people = [
            {
                "person": f"p{n}",
                "seat": seat,
                "name": name,
                "lang": "zh",
                "online": seat != "B2",
                "idle_s": 12 * n,
                "bot": False,
            }
            for n, (seat, name) in enumerate(
                [("A1", "组3"), ("A2", "Wang"), ("B1", "Li"), ("B2", "组7"), ("D1", "Zhao")]
            )
            if not of or seat in of
        ]
        return {"seats": seats, "people": people}

    async def state(self, request):
        token = bearer(request)
        if token == SECRET:
            return JSONResponse({**self.snapshot(deck=True), **self.crowd(), **self.desk})
        if token == TUTOR:
            return JSONResponse({**self.snapshot(), **self.crowd(TUTORED)})
        if token == WALL:
            return JSONResponse(self.snapshot())
        if token.startswith("token-"):
            return JSONResponse(self.snapshot(token.removeprefix("token-")))
        return JSONResponse({"ok": False, "code": "TOKEN", "zh": "口令不对。", "en": "The secret is not known."}, 401)

    async def history(self, request):
        since = int(request.query_params["since"])
        return JSONResponse(
            [
                {"seq": n, "m": {**self.whole(), "trades": [[n, DAY * n, 1, 650000, 1, "", ""]]}}
                for n in range(since + 1, self.seq + 1)
            ]
        )

    async def command(self, request):
        body = await request.json()
        self.asked.append(body)
        if self.fails > 0:
            self.fails -= 1
            return JSONResponse({}, 502)
        status, reply = self.answer(body)
        return JSONResponse(reply, status)

    async def me_(self, request):
        role, seats = ("tutor", TUTORED) if bearer(request) == TUTOR else ("facilitator", [])
        return JSONResponse({"role": role, "name": "陈", "seats": seats})

    async def rules(self, request):
        return JSONResponse(LEVERS if bearer(request) == SECRET else {}, 200 if bearer(request) == SECRET else 403)

    async def benchmark(self, _):
        return JSONResponse({"solved": True, "prices": {"so2": {"2025": [61.25, 66]}}})

    async def preview(self, request):
        body = await request.json()
        self.previewed.append(body)
        status, reply = self.announce(body)
        return JSONResponse(reply, status)

    async def qr(self, _):
        rows = ["".join("1" if (r * 7 + c * 3 + r * c) % 3 else "0" for c in range(25)) for r in range(25)]
        return JSONResponse({"url": "http://192.168.1.20:8080/?code=K7M3QX", "rows": rows})

    async def listen(self, ws):
        await ws.accept()
        token = json.loads(await ws.receive_text())["auth"]
        entry = (ws, token, asyncio.get_running_loop())
        self.sockets.append(entry)
        try:
            while True:
                message = await ws.receive_text()
                if not self.mute:
                    await ws.send_text(message)
        except WebSocketDisconnect:
            self.sockets.remove(entry)

    def frame(self, skip=0, **more):
        """Send the next frame to every socket; `skip` numbers are left out before it."""
        self.seq += 1 + skip
        for ws, token, loop in list(self.sockets):
            frame = {"seq": self.seq, "m": {**self.whole(), **more}}
            if token.startswith("token-"):
                frame |= {"me": self.mine(token.removeprefix("token-")), "can": self.can}
            elif token == SECRET:
                frame |= self.crowd()
            elif token == TUTOR:
                frame |= self.crowd(TUTORED)
            asyncio.run_coroutine_threadsafe(ws.send_text(json.dumps(frame)), loop).result(5)
