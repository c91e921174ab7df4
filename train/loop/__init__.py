"""The training loop, whatever the method."""
