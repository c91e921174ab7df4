"""How good a translation is, without labels of photos: what it keeps, how far it goes, where it arrives."""
