"""Garment types: name -> module. Each has `sample(rng)`, its proportions, and `draft(proportions) -> Pattern`."""

PATTERNS: dict[str, str] = {
    "t-shirt": "assets.patterns.t_shirt",
}
