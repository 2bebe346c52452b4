"""What the tables, the page and the chart call things."""

from __future__ import annotations

NAMES = {
    "cpp": ("smallest C++ matcher", "最小 C++ 撮合器"),
    "match": ("ecomarket, matching alone", "仅撮合"),
    "full": ("ecomarket, full path, batches", "全流程（批量）"),
    "single": ("ecomarket, full path, one call an order", "全流程（逐笔调用）"),
    "reference": ("ecomarket, plain reference", "纯 Python 参照引擎"),
    "bourse": ("bourse 0.4.0", "bourse 0.4.0"),
    "bourse-own": ("bourse 0.4.0, its own agents (never withdraw)", "自带代理（不撤单）"),
    "lightmatchingengine": ("lightmatchingengine 2019.1.4", "lightmatchingengine 2019.1.4"),
    "order-matching": ("order-matching 0.12.0", "order-matching 0.12.0"),
    "pams": ("pams 0.3.0", "pams 0.3.0"),
    "ours": ("ecomarket, ledger in memory", "账本在内存"),
}
"""English and Chinese name by key."""

TARGETS = {
    "match/cpp": "matching alone, times the C++ matcher",
    "match/reference": "matching alone, times the plain reference",
    "match/bourse": "matching alone, times bourse",
    "full/cpp": "full path, times the C++ matcher",
    "full/bourse": "full path, times bourse (which only matches)",
    "single/bourse": "one call an order, full path, times bourse",
    "deep": "deep book: cost of a message, times that of the base stream",
    "cancel": "many withdrawals: cost of a message, times that of the base stream",
    "messages": "10,000 to 10,000,000 messages, books ever fuller: dearest by cheapest",
    "messages-days": "the same in days of 100,000 messages, at whose end all that rests expires: dearest by cheapest",
    "accounts": "10 to 10,000 accounts: dearest by cheapest",
    "accounts-large": "100,000 accounts: by the cheapest",
    "memory": "bytes of a resting order",
    "market/bourse": "market of 1,000 agents, times the same agents in bourse",
    "market/bourse-own": "market of 1,000 agents, times bourse's own agents, which never withdraw",
    "market/pams": "market of 1,000 agents, times pams",
    "market-large": "market: an action among 100,000 agents, times one among 1,000",
}

STREAMS = {
    "base": "base: 82 % limit orders, 6 % market orders, 12 % withdrawals",
    "deep": "deep: 93 % limit orders that mostly rest",
    "cancel": "cancel: 44 % withdrawals",
}

FILLS = {"same": "same fills", "lots": "same lots", "differ": "DIFFERS"}
