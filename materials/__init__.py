"""The clothing patterns: typed parameters, samplers and Blender shader node groups.

Only `shader`, `layers` and the commands (`sheet`, `export`) import bpy.
"""
