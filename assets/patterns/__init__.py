"""Garment types: name -> module with `sample(rng)`, its proportions, and `draft(proportions) -> Pattern`."""

PATTERNS: dict[str, str] = {
    "t-shirt": "assets.patterns.t_shirt",
    "dress": "assets.patterns.dress",
    "long-sleeve": "assets.patterns.long_sleeve",
    "trousers": "assets.patterns.trousers",
    "skirt": "assets.patterns.skirt",
    "shorts": "assets.patterns.shorts",
    "shirt": "assets.patterns.shirt",
    "sweater": "assets.patterns.sweater",
    "long-sleeve-dress": "assets.patterns.long_sleeve_dress",
    "polo": "assets.patterns.polo",
    "tank-top": "assets.patterns.tank_top",
    "pencil-skirt": "assets.patterns.pencil_skirt",
    "hoodie": "assets.patterns.hoodie",
    "jacket": "assets.patterns.jacket",
}
