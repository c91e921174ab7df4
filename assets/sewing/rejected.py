"""The exception of the checks, in a file of its own: a process without Blender can then unpickle it."""


class Rejected(Exception):
    """A garment failed a check; the message says which."""
