"""Rendering on many processes and machines."""
