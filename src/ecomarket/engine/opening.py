"""The opening of a run: who and what there is is journaled, what the law allows is set, opening cash is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.engine.caps import caps
from ecomarket.engine.statements import canonical
from ecomarket.i18n import LANGUAGES
from ecomarket.model.codes import SINK_ACCOUNTS, SYSTEM_ACCOUNTS, AccountKind, Eligible, TransferCode
from ecomarket.model.stated import NoteCode
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from ecomarket.engine.world import World
    from ecomarket.exchange.protocol import Exchange
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.setting import Setting
    from ecomarket.scenario import Scenario

START_T: Final = 0


def open_run(world: World, scenario: Scenario, seed: int, state: str = "") -> None:
    """Write the opening into the journal and the ledger, at time 0; `state` is the state of the world drawn."""
    _start(world.exchange, world.setting, scenario, seed, state)
    for instrument in world.setting.instruments:
        _list(world.exchange, instrument)
    for participant in world.setting.participants:
        _register(world.exchange, participant)
    _allow(world)
    for participant in world.setting.participants:
        cash = int(participant.facts.get("cash_cny", 0) or 0) * CASH_PER_YUAN
        if cash > 0:
            world.exchange.transfer(START_T, AccountKind.WORLD, participant.account, 0, cash, TransferCode.OPENING)


def _start(exchange: Exchange, setting: Setting, scenario: Scenario, seed: int, state: str) -> None:
    zones = [
        {"code": z.code, "en": z.name_en, "zh": z.name_zh, "level": z.level, "parent": z.parent, "basin": z.basin}
        for z in setting.zones.values()
    ]
    payload = {
        "scenario": scenario.name,
        "digest": scenario.digest,
        "seed": seed,
        "start": scenario.start.isoformat(),
        "end": scenario.end.isoformat(),
        "titles": {lang: scenario.title.text(lang) for lang in LANGUAGES},
        "accounts": setting.accounts,
        "instruments": len(setting.instruments),
        "venues": list(setting.venues),
        "rights": {c: {lang: r.label.text(lang) or c for lang in LANGUAGES} for c, r in scenario.config.rights.items()},
        "zones": zones,
        "caps": caps(scenario, setting),
    } | ({"state": state} if state else {})
    exchange.note(START_T, NoteCode.RUN_STARTED, canonical(payload))


def _list(exchange: Exchange, instrument: Instrument) -> None:
    payload = {
        "instrument": instrument.index,
        "code": instrument.code,
        "right": instrument.right,
        "kind": instrument.kind,
        "en": instrument.name_en,
        "zh": instrument.name_zh,
        "unit": instrument.unit,
        "lot": instrument.lot,
        "zone": instrument.zone,
        "klass": instrument.klass,
        "vintage": instrument.vintage,
    }
    exchange.note(START_T, NoteCode.INSTRUMENT_LISTED, canonical(payload), instrument=instrument.index)


def _register(exchange: Exchange, participant: Participant) -> None:
    payload = {
        "account": participant.account,
        "code": participant.code,
        "kind": participant.kind,
        "sector": participant.sector,
        "group": participant.group,
        "en": participant.name_en,
        "zh": participant.name_zh,
        "zone": participant.zone,
    }
    exchange.note(START_T, NoteCode.PARTICIPANT_REGISTERED, canonical(payload), account=participant.account)


def _allow(world: World) -> None:
    """Resolve each right's zone, class and kind rules into what every account may do with every instrument."""
    authorities = [k for k in SYSTEM_ACCOUNTS if k not in SINK_ACCOUNTS]
    for instrument in world.setting.instruments[1:]:
        right = world.rights[instrument.right]
        for account in authorities:
            world.executor.allow(account, instrument.index, Eligible.ALL)
        for participant in world.setting.participants:
            what = right.eligible(participant, instrument)
            if what:
                world.executor.allow(participant.account, instrument.index, what)
