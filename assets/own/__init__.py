"""A user's own meshes: read, judged and brought to the library's conventions."""
