"""Is every text in Welsh, and are the message files what the code says? Exit status 1 when not; `--write` renews the files."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "ourpatch"
PO = PACKAGE / "locale" / "cy" / "LC_MESSAGES" / "django.po"
HEADER = "# Welsh. tools/welsh.py --write renews this file and keeps what stands in msgstr."
BEGUN = datetime(2026, 11, 22, tzinfo=UTC)  # fixed, so that the file changes only when a text does
# What each argument of a call is. `__` and `Message` are of ground.words: kept as written, translated when shown.
CALLS = {
    "gettext": ("one",),
    "ngettext": ("one", "many"),
    "pgettext": ("context", "one"),
    "npgettext": ("context", "one", "many"),
}
ALIASES = {"_": "gettext", "__": "gettext", "_now": "gettext", "Message": "gettext"}
TEMPLATE_CALL = re.compile(r"""\b(_|n?p?gettext)\(""")
CALL_TOKEN = re.compile(r"""[()]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")
PLACEHOLDER = re.compile(r"%\(\w+\)[^%]?[sdfg]|%[sd]|%?%\{\w+\}|\{\w*\}|<[^>]+>")
# Texts of others that people meet when they sign in or fill in a form: allauth has no Welsh, Django's is old and sometimes
# says the opposite ("less than or equal to"). Package, then its files; what stands in our message file wins.
EXTRA = {
    "allauth": (
        *("account/adapter.py", "account/fields.py", "account/forms.py"),
        *("mfa/adapter.py", "mfa/base/forms.py", "mfa/totp/forms.py"),
        *("templates/account/account_inactive.html", "templates/account/base_reauthenticate.html"),
        *("templates/account/password_*.html", "templates/account/reauthenticate.html"),
        *("templates/account/signup_closed.html", "templates/account/snippets/*.html"),
        *("templates/account/messages/logged_*.txt", "templates/account/messages/password_*.txt"),
        *("templates/account/email/base_*.txt", "templates/account/email/password_*.txt"),
        *("templates/account/email/unknown_account_*.txt", "templates/mfa/email/[rt]*.txt"),
        *("templates/mfa/*.html", "templates/mfa/totp/*.html", "templates/mfa/recovery_codes/*.html"),
        *("templates/mfa/messages/[rt]*.txt", "templates/allauth/layouts/base.html"),
    ),
    "django": ("contrib/auth/password_validation.py", "core/validators.py", "forms/fields.py"),
}


class Text(NamedTuple):
    """One text as the code gives it: singular, plural where there is one, and the context that tells it from others."""

    one: str
    many: str = ""
    context: str = ""


Found = dict[tuple[str, str], tuple[Text, str]]


def texts_in_python(source: str) -> Iterator[Text]:
    """Every text given to a gettext call."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (text := _of_call(node)):
            yield text


def texts_in_template(source: str) -> Iterator[Text]:
    """Every text of translate and blocktranslate tags, and of _("...") within other tags."""
    for line in templatize(source).split("\n"):
        for call in TEMPLATE_CALL.finditer(line):
            if fragment := _balanced(line[call.start() :]):
                yield from texts_in_python(fragment)


def _of_call(node: ast.Call) -> Text | None:
    """The text of one call; None when it is another function or its first words are not written out."""
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    parts = CALLS.get(ALIASES.get(name, re.sub("_(lazy|noop)$", "", name)), ())
    words = [a.value for a in node.args[: len(parts)] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return Text(**dict(zip(parts, words, strict=True))) if parts and len(words) == len(parts) and all(words) else None


def _balanced(text: str) -> str | None:
    """The call at the start of the text, up to the bracket that ends it; strings may hold brackets."""
    depth = 0
    for token in CALL_TOKEN.finditer(text):
        depth += {"(": 1, ")": -1}.get(token.group(), 0)
        if depth == 0 and token.group() == ")":
            return text[: token.end()]
    return None


def _sources() -> Iterator[tuple[Path, str]]:
    """Each file to read, with the name it has in the message file."""
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and not {"migrations", "built"} & set(path.parts):
            yield path, str(path.relative_to(ROOT))
    for package, patterns in EXTRA.items():
        spec = find_spec(package)
        home = Path(spec.origin).parent if spec and spec.origin else Path()
        for path in sorted(path for pattern in patterns for path in home.glob(pattern)):
            yield path, f"{package}/{path.relative_to(home)}"


def collect() -> Found:
    """(singular, context) -> the text and the first file it stands in, over the whole package and EXTRA."""
    found: Found = {}
    for path, name in _sources():
        if path.suffix != ".py" and "templates" not in path.parts:
            continue
        read = texts_in_python if path.suffix == ".py" else texts_in_template
        for text in read(path.read_text()):
            known, place = found.get((text.one, text.context), (text, name))
            found[text.one, text.context] = (max(known, text), place)
    return found


def problem_of(text: Text, message: Message | None) -> str:
    """What is wrong with a text's Welsh: none, or other placeholders than the English has; empty when nothing."""
    strings = [] if message is None else [message.string] if isinstance(message.string, str) else list(message.string)
    if not strings or not all(strings):
        return "not in Welsh"
    expected = [set(PLACEHOLDER.findall(english)) for english in (text.one, text.many) if english]
    if any(set(PLACEHOLDER.findall(welsh)) not in expected for welsh in strings):
        return "other placeholders in Welsh"
    return ""


def main(arguments: list[str]) -> int:
    """Compare the code's texts with the Welsh file."""
    found = collect()
    old = read_po(PO.open("rb"), locale="cy") if PO.exists() else Catalog(locale="cy")
    known = {(one(m), m.context or ""): m for m in old if m.id}
    if "--write" in arguments:
        _write(found, known)
        known = {key: message for key, message in known.items() if key in found}
    wrong = {key: why for key, (text, _) in found.items() if (why := problem_of(text, known.get(key)))}
    gone = sorted(known.keys() - found.keys())
    for key in list(wrong)[:20]:
        print(f"{wrong[key]}: {key[0]!r} ({found[key][1]})")
    for key in gone[:20]:
        print(f"no longer in the code: {key[0]!r}; renew the file with --write")
    print(f"{len(found) - len(wrong)} of {len(found)} texts are in Welsh")
    return 1 if wrong or gone else 0


def one(message: Message) -> str:
    """The singular of a message of a catalogue."""
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _write(found: Found, known: dict[tuple[str, str], Message]) -> None:
    """Renew the message file: every text found, with the Welsh that is known."""
    said = {"msgid_bugs_address": "CONTRIBUTING.md", "last_translator": "Ourpatch", "language_team": "Ourpatch"}
    dates = {"creation_date": BEGUN, "revision_date": BEGUN}
    catalogue = Catalog("cy", header_comment=HEADER, project="Ourpatch", version="1", fuzzy=False, **said, **dates)
    for key, (text, place) in sorted(found.items(), key=lambda item: (item[1][1], item[0])):
        identity = (text.one, text.many) if text.many else text.one
        welsh = known[key].string if key in known and type(known[key].id) is type(identity) else None
        blank = ("",) * catalogue.num_plurals if text.many else ""
        catalogue.add(identity, welsh or blank, locations=[(place, 0)], context=text.context or None)
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as out:
        write_po(out, catalogue, width=120, sort_by_file=True, include_lineno=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
