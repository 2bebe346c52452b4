"""Where the room is found, and the code that leads there."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from ecomarket.workshop.server.address import join_url, lan_address, listening, qr_rows, qr_terminal
from ecomarket.workshop.server.keys import ALPHABET, new_code, new_pin, new_token, pin_hash


def test_the_address_on_the_network_is_one_and_nothing_is_sent(monkeypatch) -> None:
    sent = []
    monkeypatch.setattr(socket.socket, "send", lambda *_: sent.append(1))
    assert ipaddress.ip_address(lan_address()).version == 4
    assert not sent


def test_a_machine_without_a_network_is_found_on_the_loopback(monkeypatch) -> None:
    class Cut(socket.socket):
        def connect(self, _address):
            raise OSError("network is unreachable")

    monkeypatch.setattr(socket, "socket", Cut)
    assert lan_address() == "127.0.0.1"


def test_a_port_is_taken_once() -> None:
    with listening("127.0.0.1", 0) as one, pytest.raises(OSError, match="in use"):
        listening("127.0.0.1", one.getsockname()[1])


def test_a_qr_code_is_square_and_says_the_address() -> None:
    url = join_url("http://192.168.1.20:8080", "K7M3QX")
    rows = qr_rows(url)
    assert len(rows) in range(21, 60)
    assert {len(row) for row in rows} == {len(rows)}
    finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    assert [row[:7] for row in rows[:7]] == finder
    assert len(qr_terminal(url).splitlines()) > 10
    assert qr_rows(url) != qr_rows(url + "Z")


def test_codes_tokens_and_pins_are_drawn_anew_and_are_what_they_should() -> None:
    codes, tokens, pins = ({make() for _ in range(500)} for make in (new_code, new_token, new_pin))
    assert len(codes) > 495
    assert len(tokens) == 500
    assert len(pins) > 480
    assert set("".join(codes)) == set(ALPHABET)
    assert {len(code) for code in codes} == {6}
    assert {len(token) for token in tokens} == {32}
    assert {len(pin) for pin in pins} == {6}
    assert pin_hash("123456", "a") != pin_hash("123456", "b")
