"""Every story of a policy comes out as it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecomarket.stories import tell

HERE = Path(__file__).parent


@pytest.mark.parametrize("path", sorted(HERE.glob("*.yaml")), ids=lambda p: p.stem)
def test_the_story_comes_out(path: Path) -> None:
    tale = tell(path)
    assert tale.kind == path.stem
    assert not tale.failures, "\n".join(failure.text("en") for failure in tale.failures)
