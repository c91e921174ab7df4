"""What is in a picture, drawn at random: garment, camera, light, backdrop. No Blender."""
