"""What a check raises, apart from the checks so that it travels between processes without Blender."""


class Rejected(Exception):
    """A garment failed a check; the message says which."""
