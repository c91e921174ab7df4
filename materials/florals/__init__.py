"""Flowers of class `floral`: their colours, blooms, leaves, and the tiles they grow on."""
