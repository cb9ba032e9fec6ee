"""How many decimals a quantity is written with: no more than it can be worth."""

from __future__ import annotations

from typing import Final

_BY_UNIT: Final = {"deg": 2, "s": 4, "hz": 3, "px": 1}
_OTHERWISE: Final = 4


def decimals_of(name: str) -> int:
    """Decimals for a quantity, by the unit at the end of its name.

    Examples
    --------
    >>> decimals_of("thigh_deg"), decimals_of("time_s"), decimals_of("valid_fraction")
    (2, 4, 4)
    """
    return _BY_UNIT.get(name.rpartition("_")[2], _OTHERWISE)
