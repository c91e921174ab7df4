"""Garments: sewing patterns, cloth simulation, and the library of built meshes."""
