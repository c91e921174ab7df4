"""The ground floor every room stands on: Blender access, files, randomness, settings, command-line manners."""
