"""Blocks: the basic drafts that a tailor turns into styles. Measures in metres, of the garment laid flat."""
