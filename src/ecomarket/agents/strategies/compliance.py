"""An enterprise that must hold permits for what it emits and surrender allowances for its carbon."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents import enterprise as firm
from ecomarket.agents.abatement import engineering
from ecomarket.agents.carbon import CarbonLaw, Due, carbon_stance, offset_room
from ecomarket.agents.operation import POLLUTANTS, Month, report_month
from ecomarket.agents.permits import Stance, Year, permit_stance
from ecomarket.agents.quoting import limit_quote
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.chance import key as who_is
from ecomarket.model.codes import FactCode, Mechanism
from ecomarket.model.command import Bid, Deal
from ecomarket.model.distribution import Distribution, SpreadDays
from ecomarket.model.quantity import Ratio, Share  # noqa: TC001  (pydantic reads them at run time)
from ecomarket.rights.carbon_allowance import free_allocation_t, is_covered, verified_emission_t
from ecomarket.rights.carbon_sink import is_compliance_eligible
from ecomarket.rights.emission_permit import annuity, is_pilot, permit_of
from ecomarket.units import CASH_PER_YUAN, DAY
