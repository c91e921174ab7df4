"""From a scene to pixels, with Blender."""
