"""Motifs of placement prints, drawn with Pillow and numpy: a file per family, and `draw` for any of them.

A family is `draw(rng, inks, aspect) -> Image`: an RGBA picture whose height is about `aspect` times its
width; what is transparent is cloth.
"""
