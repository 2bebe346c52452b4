"""What keeps a scenario from having a least-cost benchmark."""

from __future__ import annotations


class NotExpressedError(Exception):
    """Something in the scenario has no place in the benchmark; `code` is a word of i18n/equilibrium.toml."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class TooManyStepsError(Exception):
    """Curves in steps of a lot have more steps than are solved while somebody waits."""

    def __init__(self, steps: int, most: int) -> None:
        super().__init__(f"{steps} steps")
        self.steps = steps
        self.most = most


class NoPlanError(Exception):
    """No plan keeps all rules: `rows` in conflict by (kind, name, year with its state); or cost falls for ever."""

    def __init__(self, rows: tuple[tuple[str, str, str], ...] = (), *, endless: bool = False) -> None:
        super().__init__("endless" if endless else "no plan")
        self.rows = rows
        self.endless = endless
