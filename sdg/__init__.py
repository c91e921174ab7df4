"""Synthetic data generation: scenes, the renderer, and the farm that renders a data set."""
