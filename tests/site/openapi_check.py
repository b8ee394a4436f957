"""Whether a document is an OpenAPI 3.1 description that a program can follow: structure, references, parameters, schemas.

Checks what the specification (spec.openapis.org/oas/v3.1) demands of the parts that are used here; anything else is a fault too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
ROOT = {"openapi", "info", "servers", "paths", "components", "security", "tags", "jsonSchemaDialect", "webhooks"}
OPERATION = {"operationId", "summary", "description", "parameters", "requestBody", "responses", "security", "tags"}
PARAMETER = {"in", "name", "schema", "required", "description", "deprecated", "example", "examples"}
TYPES = {"null", "boolean", "object", "array", "number", "string", "integer"}
# Words of OpenAPI 3.0 that JSON Schema 2020-12 does not know: a 3.1 document must not carry them.
OLD_WORDS = {"nullable"}


def faults(document: dict[str, Any]) -> list[str]:
    """Everything that is wrong, each with where it is; empty when the document is sound."""
    return [*_root(document), *_paths(document), *_references(document, document, "#"), *_components(document)]


def _root(document: dict[str, Any]) -> Iterator[str]:
    if not re.fullmatch(r"3\.1\.\d+", str(document.get("openapi"))):
        yield "openapi: is not 3.1"
    for name in ("title", "version"):
        if not isinstance(document.get("info", {}).get(name), str):
            yield f"info.{name}: is missing"
    if not {"paths", "components", "webhooks"} & document.keys():
        yield "#: has neither paths nor components nor webhooks"
    yield from _unknown(document, ROOT, "#")


def _paths(document: dict[str, Any]) -> Iterator[str]:
    seen: set[str] = set()
    shapes: set[str] = set()
    for path, item in document.get("paths", {}).items():
        shape = re.sub(r"{[^}]*}", "{}", path)
        if not path.startswith("/") or shape in shapes:
            yield f"{path}: does not begin with a slash, or is there twice"
        shapes.add(shape)
        yield from _unknown(item, METHODS, path)
        for method, operation in item.items():
            where = f"{method} {path}"
            if operation.get("operationId") in seen:
                yield f"{where}: its operationId is there twice"
            seen.add(operation.get("operationId"))
            yield from _operation(operation, path, document, where)


def _operation(operation: dict[str, Any], path: str, document: dict[str, Any], where: str) -> Iterator[str]:
    yield from _unknown(operation, OPERATION, where)
    yield from _parameters(operation.get("parameters", []), path, where)
    yield from _responses(operation.get("responses", {}), where)
    if "requestBody" in operation:
        if not operation["requestBody"].get("content"):
            yield f"{where}: its request body has no content"
        yield from _content(operation["requestBody"]["content"], f"{where} request")
    known = document.get("components", {}).get("securitySchemes", {})
    for name in {each for needed in operation.get("security", []) for each in needed} - known.keys():
        yield f"{where}: {name} is no security scheme"


def _responses(responses: dict[str, Any], where: str) -> Iterator[str]:
    if not responses:
        yield f"{where}: has no response"
    for status, response in responses.items():
        if not isinstance(status, str) or not re.fullmatch(r"[1-5](\d\d|XX)|default", status):
            yield f"{where}: {status!r} is no status"
        if not isinstance(response.get("description"), str):
            yield f"{where} {status}: has no description"
        yield from _content(response.get("content", {}), f"{where} {status}")


def _parameters(parameters: list[dict[str, Any]], path: str, where: str) -> Iterator[str]:
    named = [(each["in"], each["name"]) for each in parameters]
    if len(set(named)) != len(named):
        yield f"{where}: a parameter is there twice"
    in_path = {name for place, name in named if place == "path"}
    if in_path != set(re.findall(r"{([^}]*)}", path)):
        yield f"{where}: its path parameters are not those of its address"
    for each in parameters:
        yield from _unknown(each, PARAMETER, f"{where} {each['name']}")
        if each["in"] not in ("path", "query", "header", "cookie"):
            yield f"{where} {each['name']}: is in {each['in']}"
        if each["in"] == "path" and each.get("required") is not True:
            yield f"{where} {each['name']}: is in the path and not required"
        if each["in"] == "header" and each["name"].lower() in ("accept", "content-type", "authorization"):
            yield f"{where} {each['name']}: this header is not described as a parameter"
        yield from _schema(each["schema"], f"{where} {each['name']}")


def _content(content: dict[str, Any], where: str) -> Iterator[str]:
    for media_type, told in content.items():
        if not re.fullmatch(r"[\w.+-]+/[\w.+*-]+", media_type):
            yield f"{where}: {media_type} is no media type"
        yield from _schema(told.get("schema", {}), f"{where} {media_type}")


def _components(document: dict[str, Any]) -> Iterator[str]:
    components = document.get("components", {})
    yield from _unknown(components, {"schemas", "securitySchemes"}, "components")
    for name, schema in components.get("schemas", {}).items():
        if not re.fullmatch(r"[a-zA-Z0-9._-]+", name):
            yield f"components.schemas: {name} is no name"
        yield from _schema(schema, name)
    for name, scheme in components.get("securitySchemes", {}).items():
        if scheme.get("type") == "http" and not scheme.get("scheme"):
            yield f"{name}: has no scheme"
        if scheme.get("type") not in ("apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"):
            yield f"{name}: {scheme.get('type')} is no type of security"


def _schema(schema: Any, where: str) -> Iterator[str]:
    if not isinstance(schema, dict):
        yield f"{where}: the schema is no object"
        return
    yield from _words(schema, where)
    parts = [(f".{name}", part) for name, part in schema.get("properties", {}).items()]
    parts += [(f".{word}", part) for word in ("anyOf", "allOf", "oneOf") for part in schema.get(word, [])]
    parts += [(".items", schema["items"])] if "items" in schema else []
    for name, part in parts:
        yield from _schema(part, where + name)


def _words(schema: dict[str, Any], where: str) -> Iterator[str]:
    kinds = schema.get("type", [])
    for kind in {kinds} if isinstance(kinds, str) else set(kinds):
        if kind not in TYPES:
            yield f"{where}: {kind} is no type"
    for word in OLD_WORDS & schema.keys():
        yield f"{where}: {word} is a word of OpenAPI 3.0"
    if not set(schema.get("required", [])) <= schema.get("properties", {}).keys():
        yield f"{where}: requires what it does not describe"
    if isinstance(schema.get("exclusiveMinimum", 0), bool):
        yield f"{where}: exclusiveMinimum is no number"


def _references(part: Any, document: dict[str, Any], where: str) -> Iterator[str]:
    if isinstance(part, list):
        for number, each in enumerate(part):
            yield from _references(each, document, f"{where}/{number}")
    if isinstance(part, dict):
        target = part.get("$ref")
        if isinstance(target, str) and not _found(target, document):
            yield f"{where}: {target} leads nowhere"
        for name, each in part.items():
            yield from _references(each, document, f"{where}/{name}")


def _found(target: str, document: dict[str, Any]) -> bool:
    if not target.startswith("#/"):
        return False
    part: Any = document
    for step in target[2:].split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(part, dict) or name not in part:
            return False
        part = part[name]
    return True


def _unknown(part: dict[str, Any], known: set[str], where: str) -> Iterator[str]:
    for name in part.keys() - known:
        if not name.startswith("x-"):
            yield f"{where}: {name} has no meaning here"
