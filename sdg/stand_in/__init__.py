"""The stand-in target domain: Cycles pictures that differ from the synthetic set as real photos do.

For newcomers who have no photos yet. Its garments, fabrics, rooms, lights and camera are its own:
nothing here is shared with what the classifier is trained on, except the names of the classes.
"""

ABOUT = "stand_in.json"
"""What a folder of such pictures holds beside them: how they were made, and that they are no photos."""
