"""A made-up copy of DeepFashion's benchmark for its import."""

from pathlib import Path

from tests.helpers.pipeline_project import save_photo

ATTRIBUTES = {  # name -> type; names with spaces and other types, as in the real list
    "floral": 1,
    "abstract stripe": 1,
    "polka dot": 1,
    "camo print": 1,
    "solid": 1,
    "dot sleeve": 3,
    "stripe floral": 1,
    "lace": 2,
}
IMAGES = {  # image -> (split, positive attributes)
    "img/A_Dress/img_00000001.jpg": ("train", ["floral"]),
    "img/A_Dress/img_00000002.jpg": ("train", []),
    "img/B_Tee/img_00000001.jpg": ("val", ["floral", "lace"]),
    "img/B_Tee/img_00000002.jpg": ("val", ["abstract stripe"]),
    "img/B_Tee/img_00000003.jpg": ("val", ["floral", "polka dot"]),
    "img/B_Tee/img_00000004.jpg": ("val", ["dot sleeve"]),
    "img/B_Tee/img_00000005.jpg": ("val", ["stripe floral"]),
    "img/C_Top/img_00000001.jpg": ("test", ["solid"]),
    "img/C_Top/img_00000002.jpg": ("test", ["camo print"]),
}


def write_benchmark(
    root: Path,
    attributes: dict[str, int] = ATTRIBUTES,
    images: dict[str, tuple[str, list[str]]] = IMAGES,
) -> Path:
    """A small made-up copy of the benchmark's format."""
    for folder in ("Anno_fine", "Eval"):
        (root / folder).mkdir(parents=True)
    for seed, image in enumerate(images):
        save_photo(root / "Img" / image, seed)
    cloth = [f"{name:<30}{kind}" for name, kind in attributes.items()]
    marks = [
        f"{image:<60}" + " ".join(f"{1 if name in positive else -1:>2}" for name in attributes)
        for image, (_, positive) in images.items()
    ]
    splits = [f"{image:<60} {split}" for image, (split, _) in images.items()]
    for name, header, lines in (
        ("Anno_fine/list_attr_cloth.txt", "attribute_name  attribute_type", cloth),
        ("Anno_fine/list_attr_img.txt", "image_name  attribute_labels", marks),
        ("Eval/list_eval_partition.txt", "image_name  evaluation_status", splits),
    ):
        (root / name).write_text("\n".join([str(len(lines)), header, *lines]) + "\n")
    return root
