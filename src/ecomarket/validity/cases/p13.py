"""P13: The charge for a missing certificate is the ceiling of every year's price."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P13(FileCase):
    """The charge for a missing certificate is the ceiling of every year's price."""

    kind: ClassVar[str] = "p13"
    title_en: ClassVar[str] = "Certificates: quota, banking, penalty"
    title_zh: ClassVar[str] = "绿证：配额、结转与罚款"
    sources: ClassVar[tuple[str, ...]] = ("recs",)
