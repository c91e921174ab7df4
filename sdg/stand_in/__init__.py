"""The stand-in target domain: Cycles pictures that differ from the synthetic set as real photos do.

For newcomers who have no photos yet: a flat in the evening, warm lamps, and a cheap phone. A shop's photos
have one look, too, and a look is what a translation can learn. Its fabrics, rooms, lights and camera are its
own, drawn by other code than the synthetic set's. Shared are the names of the classes, the sewing of `assets`
(with other seeds, and crumpled afterwards) and the arithmetic of sRGB in `materials.color`.
"""

ABOUT = "stand_in.json"
"""What a folder of such pictures holds beside them: how they were made, and that they are no photos."""
