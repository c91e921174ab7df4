"""What is written on clothes: words of slogans, places, years, and random strings that look like names."""

from string import ascii_uppercase

import numpy as np

WORDS = """
ADVENTURE ALASKA ALWAYS AMERICA ARIZONA ATHLETIC AUTHENTIC AVENUE AWESOME BALANCE BEACH BERLIN BEST
BETTER BIKE BLACK BLUE BOLD BORN BOSTON BRAND BRAVE BROOKLYN CALIFORNIA CAMP CAPTAIN CAT CHAMPION CHAOS
CHICAGO CITY CLASSIC CLUB COAST COFFEE COLLEGE COOL CREW CULTURE DANCE DANGER DAY DENIM DESERT DIVISION
DO DONT DREAM DRIVE EAST ENERGY ENJOY EVERYDAY EXPLORE FAMILY FAST FIRE FLORIDA FOLLOW FOREVER FREE
FRIDAY FUN FUTURE GAME GARAGE GIRL GO GOLD GOOD GREAT GYM HAPPY HARD HEART HELLO HERO HOME HOUSE HUNTER
IDEALS ISLAND IT JUST KEEP KIND KING LAZY LEGEND LEGENDS LIFE LIGHT LIMITED LONDON LOST LOUD LOVE LUCKY
MAGIC MANHATTAN MIAMI MIND MODERN MONDAY MOOD MOTION MOTOR MOUNTAIN MUSIC MY NATURE NEVER NEW NIGHT NO
NORTH NOW NYC OCEAN OFF OK ONE ORIGINAL OUTDOOR PARADISE PARIS PARTY PEACE PLAY POWER PREMIUM PROJECT
PROUD QUALITY QUEEN QUIET RACE RADIO REBEL RELAX RIDE RIDERS ROAD ROCK RUN SALTY SCHOOL SEASIDE SHINE
SKATE SLOW SMILE SOUL SOUTH SPACE SPEED SPIRIT SPORT SPORTS STAR STATE STAY STREET STRONG STUDIO SUMMER
SUNDAY SUNSET SUPER SUPERIOR SUPPLY SURF SWEET TEAM TEXAS THE THINK TIGER TODAY TOKYO TOUR TRAVEL TRUE
UNION UNITED URBAN VIBES VINTAGE WAVE WEAR WEST WHAT WILD WINNER WINTER WOLF WOMAN WONDER WORK WORLD YES
YOU YOUNG YOUTH ZERO ZONE
""".split()  # noqa: SIM905
SMALL = (
    "AND",
    "AUTHENTIC GOODS",
    "BORN TO BE WILD",
    "CLASSIC FIT",
    "DENIM CO",
    "ENJOY THE RIDE",
    "EST 1987",
    "ESTABLISHED",
    "FINEST QUALITY",
    "FOLLOW YOUR DREAMS",
    "FOR THE",
    "GOOD TIMES",
    "HANDMADE",
    "LIMITED EDITION",
    "MADE IN ITALY",
    "MENS WEAR",
    "NEW YORK CITY",
    "OFFICIAL CLUB",
    "ON THE ROAD",
    "ORIGINAL BRAND",
    "OUTDOOR LIFE",
    "RIDE THE WAVES",
    "SINCE 1894",
    "SPORTS WEAR",
    "STAY POSITIVE",
    "SUPERIOR DENIM",
    "THE BEST",
    "TRADE MARK",
    "UNITED STATES",
    "VINTAGE CLOTHING",
    "WORLD TOUR",
)
"""Small lines between and under large ones."""
CONSONANTS, VOWELS = "BDLMNRTVZ", "AEIOU"
"""Of invented words: few letters, so that none of them is a word one would not print."""
INVENTED_SHARE = 0.3
"""This share of words is invented, as most brands' names are."""


def word(rng: np.random.Generator, shortest: int = 2, longest: int = 11) -> str:
    """Draw one word in capitals with so many letters."""
    if rng.random() < INVENTED_SHARE:
        count = int(rng.integers(max(shortest, 3), max(shortest, min(longest, 8), 3) + 1))
        letters = [CONSONANTS, VOWELS] if rng.random() < 0.7 else [VOWELS, CONSONANTS]
        return "".join(str(rng.choice(list(letters[i % 2]))) for i in range(count))
    return str(rng.choice([w for w in WORDS if shortest <= len(w) <= longest]))


def small_line(rng: np.random.Generator) -> str:
    """Draw a line of small lettering."""
    if rng.random() < 0.4:
        return " ".join(word(rng) for _ in range(int(rng.integers(1, 4))))
    return str(rng.choice(SMALL))


def number(rng: np.random.Generator) -> str:
    """Draw a number as on a jersey, or now and then a year."""
    if rng.random() < 0.2:
        return str(rng.integers(1950, 2025))
    return str(rng.integers(1, 100))


def initials(rng: np.random.Generator) -> str:
    """Draw two or three letters."""
    return "".join(rng.choice(list(ascii_uppercase), size=int(rng.integers(2, 4))))
