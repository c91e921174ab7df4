"""A material as GLSL, made once for a class: OpenGL then draws it without a render engine.

EEVEE builds its shader from the node tree anew for every image, and draws passes over the whole picture
around it. On a CPU that was two thirds of an image's time.
"""
