"""The result in plain words."""

from typing import Any

from pipeline.open_set import in_sentences


def headline(metrics: dict[str, Any], about: dict[str, Any]) -> dict[str, str]:
    """Return the sentences at the top of the page: title, detail, baseline and others (may be empty), target.

    `metrics` is metrics.json, `about` is target.json.
    """
    noun = "stand-in photos" if about["kind"] == "stand-in" else "photos"
    split = headline_split(metrics)
    words = {"target": _target(about), "baseline": "", "others": ""}
    if split is None:
        words["title"] = "A trained classifier, not yet measured."
        words["detail"] = (
            "The target has no labelled photos, so nobody knows how well it reads them. Label a few dozen, "
            "name the CSV in target.val or target.test, and run dvc repro."
        )
        return words
    found = metrics[split]
    present = sum(1 for count in found["support"].values() if count)
    right, guessed = _hundred(found["balanced_accuracy"]), _hundred(1 / present)
    low, high = (_hundred(bound) for bound in found["balanced_accuracy_95"])
    where = "the test set" if split == "test" else "val, which is there for choosing settings"
    words["title"] = f"It names the right pattern on {right} of 100 {noun}, each pattern counting alike."
    words["detail"] = (
        f"This is the balanced accuracy over {present} patterns; its 95 % interval is {low} to {high}, "
        f"and guessing gets {guessed}. Measured on the {found['images']:,} labelled {noun} of {where}, whose "
        "labels were never trained on."
    )
    commonest = max(found["support"], key=lambda name: found["support"][name])
    share = found["support"][commonest] / found["images"]
    if share > 1.5 / present:
        words["baseline"] = (
            f"{_hundred(share)} of 100 of these are {commonest}: always saying “{commonest}” would reach an "
            f"accuracy of {_hundred(share)} % (this model: {_hundred(found['accuracy'])} %), but a balanced "
            f"accuracy of only {guessed} %."
        )
    words["others"] = in_sentences(found.get("open_set", {}), noun)
    return words


def translation_words(figures: dict[str, Any], warm_up: int) -> list[str]:
    """Return what translation did, in sentences; none if nothing was measured.

    Args: figures: the last ones of training (dvclive's metrics.json); warm_up: epochs before the first
    translation.
    """
    found = figures.get("translation")
    if found is None:
        return []
    nearer = "nearer to" if found["distance"] < found["renders_distance"] else "farther from"
    words = [
        f"A reader that learned from renders alone names the pattern of {_hundred(found['read'])} of 100 "
        f"renders kept out of training; of these it still names {_hundred(found['kept'])} of 100 once they "
        "are translated.",
        f"Translations are {nearer} the photos than renders are (kernel distance {found['distance']:.3f}, "
        f"renders {found['renders_distance']:.3f}).",
    ]
    chosen = figures.get("photos", {}).get("chosen_epoch")
    if chosen is not None and chosen <= warm_up:
        words.append(
            f"Translation did not help here: the classifier of epoch {chosen:.0f}, from before it began, "
            "agrees most with that reader on the photos, and is the one that was saved."
        )
    elif chosen is not None and warm_up:
        words.append(
            "Translation did no harm here, as far as that can be told without labels: the classifier of "
            f"epoch {chosen:.0f}, trained with it, agrees more with that reader on the photos than the one "
            "from before."
        )
    return words


def headline_split(metrics: dict[str, Any]) -> str | None:
    """Return the target split that counts: test, else val, else none: one with photos of patterns."""
    return next((split for split in ("test", "val") if metrics.get(split, {}).get("images")), None)


def _target(about: dict[str, Any]) -> str:
    images = about["images"]
    labelled = images.get("val", 0) + images.get("test", 0)
    counts = f"{images['unlabelled']:,} without labels to adapt to, {labelled:,} labelled to measure on"
    if trained_on := images.get("labelled"):
        counts += f", and {trained_on:,} labelled to train on"
    if about["kind"] == "stand-in":
        return (
            "The target was the built-in stand-in: other garments, rooms, light and camera, rendered "
            f"with Cycles. These are not real photos ({counts}). The figures show that the pipeline works, "
            "not how well it would read yours."
        )
    return f"The target was the photos in “{about['name']}”: {counts}."


def _hundred(share: float) -> str:
    return f"{100 * share:.0f}"
