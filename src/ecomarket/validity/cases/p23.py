"""P23: A reserve that follows what is in circulation: published intakes, a toy path, a punctured waterbed."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P23(FileCase):
    """A reserve that follows what is in circulation: published intakes, a toy path, a punctured waterbed."""

    kind: ClassVar[str] = "p23"
    title_en: ClassVar[str] = "Market stability reserve of the Union"
    title_zh: ClassVar[str] = "欧盟市场稳定储备"
    sources: ClassVar[tuple[str, ...]] = ("msr", "perino")
