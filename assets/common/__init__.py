"""The ground floor of every room: Blender access, files, randomness, settings, progress."""
