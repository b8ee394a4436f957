"""Is every text in Welsh, and are the message files what the code says? Exit status 1 when not; `--write` renews the files."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "ourpatch"
PO = PACKAGE / "locale" / "cy" / "LC_MESSAGES" / "django.po"
CALLS = {"_", "gettext", "gettext_lazy", "say"}
PLURAL_CALLS = {"ngettext", "ngettext_lazy"}
TEMPLATE_CALL = re.compile(r"""\b(_|gettext|ngettext|pgettext|npgettext)\(""")

CALL_TOKEN = re.compile(r"""[()]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")

Text = str | tuple[str, str]


def texts_in_python(source: str) -> Iterator[tuple[Text, int]]:
    """Every text given to a gettext call, with its line."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        literal = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in CALLS and literal and node.args[0] is not None and isinstance(node.args[0], ast.Constant):
            yield literal[0], node.lineno
        elif name in PLURAL_CALLS and len(literal) >= 2:
            yield (literal[0], literal[1]), node.lineno


def texts_in_template(source: str) -> Iterator[tuple[Text, int]]:
    """Every text of translate and blocktranslate tags, and of _("...") within other tags."""
    python = templatize(source)
    for number, line in enumerate(python.split("\n"), 1):
        for call in TEMPLATE_CALL.finditer(line):
            fragment = _balanced(line[call.start() :])
            if fragment is None:
                continue
            try:
                node = ast.parse(fragment.strip(), mode="eval").body
            except SyntaxError:
                continue
            arguments = [a.value for a in getattr(node, "args", []) if isinstance(a, ast.Constant)]
            words = [a for a in arguments if isinstance(a, str)]
            if call.group(1) == "ngettext" and len(words) >= 2:
                yield (words[0], words[1]), number
            elif call.group(1) in ("_", "gettext") and words:
                yield words[0], number


def _balanced(text: str) -> str | None:
    """The call at the start of the text, up to the bracket that ends it; strings may hold brackets."""
    depth = 0
    for token in CALL_TOKEN.finditer(text):
        depth += {"(": 1, ")": -1}.get(token.group(), 0)
        if depth == 0 and token.group() == ")":
            return text[: token.end()]
    return None


def collect() -> dict[Text, list[tuple[str, int]]]:
    """Text -> where it stands, over the whole package."""
    found: dict[Text, list[tuple[str, int]]] = {}
    for path in sorted(PACKAGE.rglob("*")):
        if "migrations" in path.parts or "built" in path.parts or not path.is_file():
            continue
        if path.suffix == ".py":
            texts = texts_in_python(path.read_text())
        elif "templates" in path.parts:
            texts = texts_in_template(path.read_text())
        else:
            continue
        for text, line in texts:
            found.setdefault(text, []).append((str(path.relative_to(ROOT)), line))
    return found


def main(arguments: list[str]) -> int:
    """Compare the code's texts with the Welsh file."""
    found = collect()
    old = read_po(PO.open("rb"), locale="cy") if PO.exists() else Catalog(locale="cy")
    known = {message.id: message.string for message in old if message.id}
    missing = [text for text in found if not _translated(known.get(text))]
    if "--write" in arguments:
        _write(found, known)
    for text in missing[:20]:
        print(f"not in Welsh: {text!r} ({found[text][0][0]})")
    print(f"{len(found) - len(missing)} of {len(found)} texts are in Welsh")
    return 1 if missing else 0


def _translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(string) and (all(string) if isinstance(string, tuple | list) else True)


def _write(found: dict[Text, list[tuple[str, int]]], known: dict[object, object]) -> None:
    catalogue = Catalog(locale="cy", project="Ourpatch", version="1", charset="utf-8", fuzzy=False)
    for text, places in sorted(found.items(), key=lambda item: item[1][0]):
        catalogue.add(
            text,
            known.get(text) or ("" if isinstance(text, str) else ("",) * catalogue.num_plurals),
            locations=places[:1],
        )  # type: ignore[arg-type]
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as out:
        write_po(out, catalogue, width=120, omit_header=False, sort_by_file=True, include_lineno=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
