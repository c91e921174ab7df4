"""What a GPU makes of training: is it right, how fast is it, and what comes of it in minutes."""
