"""The part of a certificate that is not yet whole stays with its own producer and is carried to the next month."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode
from ecomarket.policies.certificate_minting import CertificateMinting

MONTHS = st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 5_000)), min_size=1, max_size=11)


@given(MONTHS, st.integers(1, 1_000_000))
@settings(max_examples=40, deadline=None)
def test_each_producer_carries_its_own_remainder(monthly, share_ppm):
    """After every month each plant has floor(share x all its power so far), whatever the other makes."""
    plants = ("WIND", "SUN")
    valley = Valley(*(person(p, tech="wind", tradable=1) for p in plants))
    share = f"{share_ppm // 1_000_000}.{share_ppm % 1_000_000:06d}"
    policy = CertificateMinting(CertificateMinting.Params(certified_share=share), valley.setting)
    total = dict.fromkeys(plants, 0)
    for month, made in enumerate(monthly, start=1):
        for plant, mwh in zip(plants, made, strict=True):
            valley.book.add(FactCode.GENERATION_MWH, valley.account(plant), -1, 202400 + month, mwh)
            total[plant] += mwh
        end = date(2024 + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)
        valley.act(policy, Moment.MONTH_END, end)
        for plant in plants:
            minted = sum(valley.has(plant, i.index) for i in valley.setting.listed("gec"))
            assert minted == total[plant] * share_ppm // 1_000_000
