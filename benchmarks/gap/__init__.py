"""How far renders are from photos, in one number, and which part of a scene keeps them away."""
