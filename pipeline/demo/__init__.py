"""A local web page: drop photos in, see their pattern, how sure the model is, and where it saw it."""
