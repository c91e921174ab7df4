"""The released model: a trained classifier calibrated, halved, measured and described."""
