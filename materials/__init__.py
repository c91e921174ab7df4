"""The clothing patterns: typed parameters, samplers and Blender shader node groups.

Only `materials.shader` (and the commands `materials.sheet`, `materials.export`) import bpy.
"""
