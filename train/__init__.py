"""Networks, losses, methods and the training loop."""
