"""Images and their records on disk."""
