"""Payloads have one spelling; records and blocks notice any change of a byte."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.errors import IntegrityError
from ecomarket.ledger.block import Block, block_hash, checksums, genesis_of, seal, split_payloads
from ecomarket.ledger.canon import canonical, parse
from ecomarket.model.record import RECORD

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(st.text(max_size=4), plain, max_size=4).filter(
    lambda d: len({unicodedata.normalize("NFC", k) for k in d}) == len(d)
)


@settings(max_examples=60, deadline=None)
@given(objects)
def test_canonical_bytes_read_back_and_do_not_depend_on_the_order_of_keys(value):
    try:
        payload = canonical(value)
    except ValueError:
        return  # two keys of an inner object are one in NFC, or a lone surrogate has no UTF-8
    assert canonical(parse(payload)) == payload
    assert canonical(dict(reversed(value.items()))) == payload


def test_canonical_refuses_what_has_no_one_spelling():
    for value in (1.0, {"a": [0.5]}, {1: 2}, {"a": {1, 2}}, b"x"):
        with pytest.raises(TypeError):
            canonical(value)
    with pytest.raises(ValueError, match="two keys"):
        canonical({"\u00e9": 1, "e\u0301": 2})
    assert canonical({"a": "e\u0301"}) == canonical({"a": "\u00e9"})


@pytest.mark.parametrize(
    "payload", [b"{", b'{"a": 1}', b'{"b":1,"a":2}', b"[1]", b'{"a":1.5}', b"\xff", '{"a":"e\u0301"}'.encode()]
)
def test_parse_refuses_bytes_that_are_not_canonical(payload):
    with pytest.raises(IntegrityError):
        parse(payload)


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=96, max_size=96), st.integers(0, 91), st.integers(1, 255))
def test_a_checksum_notices_any_changed_byte_of_its_record(raw, place, flip):
    changed = bytearray(raw)
    changed[place] ^= flip
    before, after = (checksums(np.frombuffer(bytes(b), RECORD), []) for b in (raw, changed))
    assert before[0] != after[0]


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=60), st.data())
def test_a_checksum_notices_any_changed_byte_of_its_payload(payload, data):
    place = data.draw(st.integers(0, len(payload) - 1))
    changed = bytearray(payload)
    changed[place] ^= data.draw(st.integers(1, 255))
    note = np.zeros(1, RECORD)
    assert checksums(note, [payload])[0] != checksums(note, [bytes(changed)])[0]
    assert checksums(note, [payload])[0] != checksums(note, [])[0]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=30), max_size=5))
def test_payloads_come_back_from_a_block(payloads):
    records = np.zeros(3, RECORD)
    block = seal(b"g" * 32, None, 5, records, payloads)
    assert block.payloads == payloads
    assert block.n == len(block.records) == 3
    assert block_hash(b"g" * 32, block) == block.hash


def test_a_cut_payload_is_noticed():
    block = seal(b"", None, 0, np.zeros(1, RECORD), [b"abc"])
    cut = Block(1, 1, 1, 0, block.prev, block.hash, block.body[:-1])
    with pytest.raises(IntegrityError, match="cut short"):
        _ = cut.payloads
    assert split_payloads(b"\x01") == ([], False)


@pytest.mark.parametrize("n", [-1, 2, 10**12])
def test_a_block_without_bytes_enough_is_noticed(n):
    with pytest.raises(IntegrityError, match=f"cannot hold {n} records"):
        _ = Block(1, 1, n, 0, b"", b"", bytes(RECORD.itemsize)).records


def test_every_field_of_a_block_enters_its_hash():
    block = seal(genesis_of(b"{}"), None, 7, np.zeros(2, RECORD), [])
    hashes = {block_hash(b"other", block), block.hash}
    for field, value in (
        ("number", 2),
        ("first_seq", 2),
        ("n", 1),
        ("t", 8),
        ("prev", b"x"),
        ("body", block.body + b"x"),
    ):
        changed = Block(**{**{f: getattr(block, f) for f in Block.__slots__}, field: value})
        hashes.add(block_hash(genesis_of(b"{}"), changed))
    assert len(hashes) == 8


def test_no_two_splits_of_the_same_bytes_have_one_hash():
    block = seal(b"ab", None, 7, np.zeros(1, RECORD), [])
    joined, split = (Block(1, 1, 1, 7, prev, b"", block.body) for prev in (b"c", b"bc"))
    assert block_hash(b"ab", joined) != block_hash(b"a", split)


def test_sealing_leaves_the_callers_records_alone():
    records = np.zeros(2, RECORD)
    block = seal(b"", None, 0, records, [])
    assert not records["checksum"].any()
    assert block.records["checksum"].all()
