"""Words from elsewhere (names, reasons), as a terminal may show them."""


def printable(text: object) -> str:
    r"""Return `text` as one line that a terminal shows and never obeys: control characters are escaped.

    >>> printable("a\nb\x1b[2Jé")
    'a\\nb\\x1b[2Jé'
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in str(text)
    )
