"""Names from a user's file, which may hold anything, made fit for one line."""

LONGEST = 60


def plain(name: str) -> str:
    """Return `name` on one line without control characters, shortened if it is very long."""
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def quoted(name: str) -> str:
    """Return `plain(name)` in quotes."""
    return f"'{plain(name)}'"
