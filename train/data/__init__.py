"""From files to mini-batches."""
