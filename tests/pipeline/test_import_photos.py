"""The promises of pipeline.import_photos: public sets of photos become a target that can be prepared."""

import csv
import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.deepfashion import read_deepfashion
from pipeline.import_photos import main
from pipeline.params import load_params
from pipeline.target import build_target
from tests.helpers.deepfashion import write_benchmark
from tests.helpers.pipeline_project import photo, write_params

CLASSES = ["plain", "floral", "striped", "dotted", "camouflage", "gradient", "herringbone"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def benchmark(tmp_path: Path) -> Path:
    return write_benchmark(tmp_path / "benchmark")


def labels(path: Path) -> dict[str, str]:
    with path.open(newline="") as file:
        return {row["path"]: row["label"] for row in csv.DictReader(file)}


def test_deepfashion_images_get_the_one_pattern_their_attributes_name(
    benchmark: Path, tmp_path: Path
) -> None:
    done = run("deepfashion", benchmark, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert labels(tmp_path / "out" / "val.csv") == {
        "val/B_Tee/img_00000001.jpg": "floral",
        "val/B_Tee/img_00000002.jpg": "striped",
    }
    assert labels(tmp_path / "out" / "test.csv") == {
        "test/C_Top/img_00000001.jpg": "plain",
        "test/C_Top/img_00000002.jpg": "camouflage",
    }
    source = str(tmp_path / "out")
    settings = {"source": source, "unlabelled": "unlabelled", "val": "val.csv", "test": "test.csv"}
    params = load_params(write_params(tmp_path / "params.yaml", CLASSES, **settings))
    assert build_target(params, tmp_path / "target")["images"] == {"unlabelled": 2, "val": 2, "test": 2}


ELEVEN = [*CLASSES, "checked", "animal", "graphic", "other"]


@pytest.mark.parametrize(
    ("attributes", "of_seven", "of_eleven"),
    [
        (["chevron"], "herringbone", "herringbone"),
        (["plaid"], None, "checked"),
        (["lattice"], None, "checked"),
        (["leopard print"], None, "animal"),
        (["graphic"], None, "graphic"),
        (["paisley"], None, "other"),
        (["tie dye", "aztec"], None, "other"),
        (["pleated"], None, None),
        (["plaid", "graphic"], None, None),
        (["floral", "paisley"], "floral", "floral"),
        (["floral", "plaid"], "floral", None),
        (["abstract stripe"], "striped", "striped"),
        (["dip dye"], "gradient", "gradient"),
    ],
)
def test_an_attribute_is_labelled_by_the_classes_asked_for(
    tmp_path: Path, attributes: list[str], of_seven: str | None, of_eleven: str | None
) -> None:
    image = "img/A_Tee/img_00000001.jpg"
    write_benchmark(tmp_path, dict.fromkeys(attributes, 1), {image: ("val", attributes)})
    for classes, label in ((CLASSES, of_seven), (ELEVEN, of_eleven)):
        assert list(read_deepfashion(tmp_path, classes)) == [("val", tmp_path / "Img" / image, label)]


def test_a_pattern_without_a_class_is_other_only_if_other_is_asked_for(tmp_path: Path) -> None:
    write_benchmark(tmp_path, {"plaid": 1}, {"img/A_Tee/img_00000001.jpg": ("val", ["plaid"])})
    for classes, label in ((["plain", "other"], "other"), (["plain", "graphic"], None)):
        assert [found for *_, found in read_deepfashion(tmp_path, classes)] == [label]


def test_classes_that_were_asked_for_are_in_the_command_that_trains(benchmark: Path, tmp_path: Path) -> None:
    done = run("deepfashion", benchmark, "--out", tmp_path / "out", "--classes", "plain,floral,striped")
    assert done.exit_code == 0, done.output
    assert "-S 'classes=[plain,floral,striped]'" in done.stdout
    assert set(labels(tmp_path / "out" / "test.csv").values()) == {"plain"}


@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        (
            "Anno_fine/list_attr_img.txt",
            "img/a.jpg 1 1",
            "line 12: 2 attributes, but list_attr_cloth.txt has 8",
        ),
        ("Eval/list_eval_partition.txt", "img/a.jpg", "line 12: expected 2 columns"),
    ],
)
def test_a_list_that_does_not_fit_is_named_with_its_line(
    benchmark: Path, tmp_path: Path, file: str, line: str, told: str
) -> None:
    with (benchmark / file).open("a") as text:
        text.write(line + "\n")
    done = run("deepfashion", benchmark, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert told in done.stderr


def test_a_folder_that_is_not_the_benchmark_is_one_clear_line(tmp_path: Path) -> None:
    done = run("deepfashion", tmp_path, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "no folder Anno_fine" in done.stderr


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server of one archive in the form of the Clothing dataset's; (address, archive)."""
    (tmp_path / "served").mkdir()
    archive = tmp_path / "served" / "clothing.zip"
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr(
            "set-1/images.csv",
            "image,sender_id,label,kids\na,1,T-Shirt,False\nb,1,Shoes,False\nc,2,Dress,True\n",
        )
        for seed, name in enumerate("abc"):
            buffer = io.BytesIO()
            photo(seed).save(buffer, "JPEG")
            files.writestr(f"set-1/images/{name}.jpg", buffer.getvalue())
    handler = partial(SimpleHTTPRequestHandler, directory=str(archive.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}/clothing.zip", archive
        httpd.shutdown()


def test_garments_are_downloaded_once_and_their_checksum_is_told(
    server: tuple[str, Path], tmp_path: Path
) -> None:
    url, archive = server
    arguments = ["clothing", "--url", url, "--cache", tmp_path / "cache", "--out"]
    done = run(*arguments, tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert {path.name for path in (tmp_path / "out" / "unlabelled").iterdir()} == {"a.jpg", "c.jpg"}
    checksum = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert checksum in done.stdout
    assert "-S target.val=null -S target.test=null" in done.stdout
    archive.unlink()
    again = run(*arguments, tmp_path / "again", "--sha256", checksum)
    assert again.exit_code == 0, again.output


def test_an_archive_of_another_checksum_is_refused(server: tuple[str, Path], tmp_path: Path) -> None:
    arguments = ["--url", server[0], "--cache", tmp_path / "cache", "--out", tmp_path / "out"]
    done = run("clothing", *arguments, "--sha256", "0" * 64)
    assert done.exit_code == 1
    assert "its checksum is not the one in --sha256" in done.stderr
    assert not list((tmp_path / "cache").glob("*.zip"))


def run_offline(folder: Path) -> Result:
    """Import from an address where nothing listens."""
    cache, out = folder / "cache", folder / "out"
    return run("clothing", "--url", "http://127.0.0.1:9/set.zip", "--cache", cache, "--out", out)


def test_offline_the_cure_is_named(tmp_path: Path) -> None:
    done = run_offline(tmp_path)
    assert done.exit_code == 1
    assert f"put the file there yourself as {tmp_path / 'cache' / 'set.zip'}" in done.stderr


def test_a_damaged_archive_says_what_to_delete(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "set.zip").write_bytes(b"no archive")
    done = run_offline(tmp_path)
    assert done.exit_code == 1
    assert "delete it and run this again" in done.stderr


def test_a_list_in_latin_1_is_one_clear_line(benchmark: Path, tmp_path: Path) -> None:
    with (benchmark / "Eval" / "list_eval_partition.txt").open("ab") as text:
        text.write("img/café.jpg train\n".encode("latin-1"))
    done = run("deepfashion", benchmark, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "list_eval_partition.txt: not in UTF-8" in done.stderr


@pytest.mark.parametrize("url", ["notaurl", "", "file:///etc/hostname", "http://127.0.0.1:9/"])
def test_what_is_no_address_of_a_file_is_said_to_be_none(tmp_path: Path, url: str) -> None:
    done = run("clothing", "--url", url, "--cache", tmp_path / "cache", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "no address of a file" in done.stderr
