"""What was not built for the Lambda is refused while the asset is built, before anything is pruned."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.tags import parse_tag

from stacks import asset as asset_module
from stacks import wheel_tags
from stacks.asset import AssetError, build_asset
from stacks.wheel_tags import WheelTagError

FIT = [
    "py3-none-any",
    "py2.py3-none-any",
    "py313-none-any",
    "cp313-none-any",
    "cp313-cp313-manylinux_2_17_aarch64.manylinux2014_aarch64",
    "cp313-cp313-manylinux_2_34_aarch64",
    "cp39-abi3-manylinux_2_28_aarch64",
    "py3-none-manylinux2014_aarch64",
]
UNFIT = {
    "another machine": "cp313-cp313-manylinux_2_17_x86_64",
    "another machine, without Python's interface": "py3-none-manylinux2014_x86_64",
    "an older Python": "cp312-cp312-manylinux_2_17_aarch64",
    "a newer Python": "cp314-cp314-manylinux_2_17_aarch64",
    "a Python without its lock": "cp313-cp313t-manylinux_2_17_aarch64",
    "a stable interface of a newer Python": "cp314-abi3-manylinux_2_17_aarch64",
    "an abi3 that names no version of glibc": "cp39-abi3-linux_aarch64",
    "musl": "cp313-cp313-musllinux_1_2_aarch64",
    "a newer glibc": "cp313-cp313-manylinux_2_35_aarch64",
    "another system": "cp313-cp313-macosx_11_0_arm64",
    "Python 2": "py2-none-any",
}


def distribution(tree: Path, wheel: str | None, name: str = "thing-1.0") -> Path:
    place = tree / f"{name}.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
    if wheel is not None:
        (place / "WHEEL").write_text(wheel)
    return place


def wheel_of(*tags: str) -> str:
    return "".join(["Wheel-Version: 1.0\n", "Root-Is-Purelib: false\n", *(f"Tag: {tag}\n" for tag in tags)])


@pytest.mark.parametrize("tag", FIT)
def test_what_the_lambda_can_load_is_taken(tag: str, tmp_path: Path) -> None:
    distribution(tmp_path, wheel_of(tag))
    wheel_tags.check(tmp_path)


@pytest.mark.parametrize("tag", UNFIT.values(), ids=UNFIT.keys())
def test_what_it_cannot_load_is_named_with_what_it_takes(tag: str, tmp_path: Path) -> None:
    distribution(tmp_path, wheel_of("py3-none-any"), "another-2.0")
    distribution(tmp_path, wheel_of(tag))
    with pytest.raises(WheelTagError) as raised:
        wheel_tags.check(tmp_path)
    assert str(raised.value) == (
        f"thing-1.0.dist-info is built for {tag}, and Lambda's aarch64 takes cp313, abi3 or py3-none-any, for "
        "manylinux with glibc 2.34 or older"
    )


def test_one_of_several_tags_is_enough(tmp_path: Path) -> None:
    distribution(tmp_path, wheel_of(UNFIT["another machine"], "cp313-cp313-manylinux_2_17_aarch64", UNFIT["musl"]))
    wheel_tags.check(tmp_path)


@pytest.mark.parametrize("wheel", [None, "", "Wheel-Version: 1.0\n", "\n\nTag: py3-none-any\n"])
def test_what_does_not_say_what_it_was_built_for_is_refused(wheel: str | None, tmp_path: Path) -> None:
    distribution(tmp_path, wheel)
    with pytest.raises(WheelTagError, match=r"^thing-1\.0\.dist-info does not say in its file WHEEL what"):
        wheel_tags.check(tmp_path)


@pytest.mark.parametrize("tag", ["any", "", "cp313-cp313", "a-b-c-d", "cp313--any"])
def test_a_tag_that_is_none_is_refused_in_one_sentence(tag: str, tmp_path: Path) -> None:
    distribution(tmp_path, wheel_of("py3-none-any", tag))
    with pytest.raises(WheelTagError, match=r"^thing-1\.0\.dist-info [^\n]+, which is no tag$"):
        wheel_tags.check(tmp_path)


@given(
    python=st.sampled_from(["cp38", "cp313", "cp314", "py3", "pp310"]),
    abi=st.sampled_from(["cp313", "abi3", "none", "cp312"]),
    family=st.sampled_from(["manylinux_2_", "musllinux_1_", "linux_"]),
    minor=st.integers(0, 99),
    machine=st.sampled_from(["x86_64", "aarch64", "armv7l", "i686"]),
)
def test_whatever_the_tag_only_manylinux_of_this_machine_with_a_glibc_that_is_there_is_taken(
    python: str, abi: str, family: str, minor: int, machine: str
) -> None:
    if wheel_tags.accepted() & parse_tag(f"{python}-{abi}-{family}{minor}_{machine}"):
        assert (family, machine) == ("manylinux_2_", "aarch64")
        assert 17 <= minor <= 34


def test_a_wheel_whose_name_promises_more_than_it_holds_stops_the_build_and_leaves_no_half(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # An installer goes by the name of the file.
    lying = tmp_path / "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(lying, "w") as archive:
        archive.writestr("thing.py", "")
        archive.writestr("thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        archive.writestr("thing-1.0.dist-info/WHEEL", wheel_of(UNFIT["another machine"]))
        archive.writestr("thing-1.0.dist-info/RECORD", "")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"{lying.as_uri()}\n")
    monkeypatch.setattr(asset_module, "REQUIREMENTS", requirements)
    with pytest.raises(
        AssetError, match=r"^lambda/requirements\.txt brought what the Lambda could not load: thing-1\.0"
    ):
        build_asset(
            target="deploy", settings_json=b"{}", manifest_json=b"{}", cache=tmp_path / "cache", out=tmp_path / "out"
        )
    assert list((tmp_path / "cache").iterdir()) == []
    assert not (tmp_path / "out").exists()
