"""bourse 0.4 (Rust under Python): one order book a market, one call a message."""

from bourse.core import OrderBook
from common import Message, clock, tell


def drive(rows: list[Message]) -> tuple[float, int, int]:
    """Send the stream; withdrawals name the id that bourse gave."""
    books = [OrderBook(0, 1, True) for _ in range(20)]
    ids: list[int] = []
    start = clock()
    for number, (action, market, side, price, lots, named) in enumerate(rows):
        book = books[market]
        book.set_time(number)  # orders of one time would take each other's place in the queue
        if action == 0:
            ids.append(book.place_order(side == 1, lots, 0, price=price))
        elif action == 1:
            ids.append(book.place_order(side == 1, lots, 0))
        else:
            book.cancel_order(ids[named])
            ids.append(-1)
    seconds = clock() - start
    trades = [trade for book in books for trade in book.get_trades()]
    return seconds, len(trades), sum(trade[3] for trade in trades)


if __name__ == "__main__":
    tell(drive)
