#!/usr/bin/env python3
"""The catalogue: checks its files and generates the C++ headers from them.

catalog.py check            every file against its rules; prints what is wrong and exits 1
catalog.py generate --out D errors.h errors.inc settings.inc metrics.inc endpoints.inc openapi.inc
catalog.py openapi --out F  the OpenAPI 3.1 document as JSON
"""
import argparse
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent / "catalog"
METHODS = ("get", "post", "put", "patch", "delete")
PROBLEMS = []


def problem(where, text):
    PROBLEMS.append(f"{where}: {text}")


def load(folder):
    for path in sorted((ROOT / folder).glob("*.json")):
        try:
            yield path, json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            problem(path, str(error))


def need(where, entry, keys):
    for key, kind in keys.items():
        if key not in entry:
            problem(where, f"'{key}' is missing in {json.dumps(entry, ensure_ascii=False)[:80]}")
        elif not isinstance(entry[key], kind):
            problem(where, f"'{key}' has the wrong type in {json.dumps(entry, ensure_ascii=False)[:80]}")


def errors():
    seen, out = {}, []
    for path, entries in load("errors"):
        for e in entries:
            need(path, e, {"code": str, "status": int, "en": str, "zh": str})
            if not re.fullmatch(r"[a-z][a-z0-9_]*", e.get("code", "")):
                problem(path, f"code '{e.get('code')}' is not snake_case")
            if e.get("code") in seen:
                problem(path, f"code '{e['code']}' is also in {seen[e['code']]}")
            seen[e.get("code")] = path
            out.append(e)
    return sorted(out, key=lambda e: e["code"])


def settings():
    seen, out = set(), []
    for path, entries in load("settings"):
        for s in entries:
            need(path, s, {"key": str, "type": str, "default": (str, int, float, bool), "en": str, "zh": str})
            if s.get("type") not in ("string", "int", "bool", "size", "duration_ms"):
                problem(path, f"type '{s.get('type')}' of '{s.get('key')}' is unknown")
            if s.get("key") in seen:
                problem(path, f"setting '{s['key']}' is declared twice")
            seen.add(s.get("key"))
            out.append(s)
    return sorted(out, key=lambda s: s["key"])


def metrics():
    seen, out = set(), []
    for path, m in load("metrics"):
        need(path, m, {"key": str, "version": int, "name_en": str, "name_zh": str, "unit": str, "direction": str,
                       "formula_en": str, "formula_zh": str, "source": str, "sql": str, "interval": str,
                       "history": list})
        if m.get("direction") not in ("up", "down", "none"):
            problem(path, f"direction '{m.get('direction')}' is not up, down or none")
        if path.stem != m.get("key"):
            problem(path, "the file is not named after its key")
        if m.get("key") in seen:
            problem(path, f"metric '{m['key']}' is declared twice")
        seen.add(m.get("key"))
        out.append(m)
    return out


def both_languages(where, value, at=""):
    """Every text of a template has both languages: a template is where people begin, whichever theirs is."""
    if isinstance(value, dict):
        if set(value) & {"zh", "en"} and not (value.get("zh") and value.get("en")):
            problem(where, f"{at}: a text without zh or without en")
        for key, part in value.items():
            both_languages(where, part, f"{at}/{key}")
    if isinstance(value, list):
        for index, part in enumerate(value):
            both_languages(where, part, f"{at}/{index}")


def surveys():
    """What else a document must be is the parser's business: src/feedback/survey_test.cpp parses every template."""
    for path, doc in load("surveys"):
        need(path, doc, {"id": str, "version": int, "title": dict, "pages": list})
        if path.stem != doc.get("id"):
            problem(path, "the file is not named after its id")
        both_languages(path, doc)


def endpoints():
    doc = {"openapi": "3.1.0",
           "info": {"title": "Zhike", "version": "0.1.0",
                    "description": "Customer-experience engine. Errors are RFC 9457 problem documents; 64-bit ids are strings."},
           "paths": {}, "components": {"schemas": {}}}
    operations = set()
    for path, part in load("endpoints"):
        for name, schema in part.get("schemas", {}).items():
            if name in doc["components"]["schemas"]:
                problem(path, f"schema '{name}' is declared twice")
            doc["components"]["schemas"][name] = schema
        for route, methods in part.get("paths", {}).items():
            for method, op in methods.items():
                if method not in METHODS:
                    problem(path, f"{route}: method '{method}' is unknown")
                need(f"{path} {method} {route}", op, {"operationId": str, "summary": str, "x-permission": str,
                                                    "responses": dict})
                if op.get("operationId") in operations:
                    problem(path, f"operationId '{op['operationId']}' is declared twice")
                operations.add(op.get("operationId"))
                for name in re.findall(r"\{(\w+)\}", route):
                    if not any(p.get("name") == name for p in op.get("parameters", [])):
                        problem(path, f"{method} {route}: path parameter '{name}' is not declared")
            doc["paths"].setdefault(route, {}).update(methods)
    text = json.dumps(doc)
    for name in sorted(set(re.findall(r"#/components/schemas/(\w+)", text))):
        if name not in doc["components"]["schemas"]:
            problem("endpoints", f"schema '{name}' is used but not declared")
    return doc


def words(where, entry):
    """Words of both languages: lists of texts, none of them twice or in capitals."""
    need(where, entry, {"zh": list, "en": list})
    for language in ("zh", "en"):
        seen = set()
        for word in entry.get(language, []):
            if not isinstance(word, str) or not word or word != word.strip().lower() or word in seen:
                problem(where, f"{language}: {json.dumps(word, ensure_ascii=False)} is no word, or is there twice")
            seen.add(word)


def new_key(path, one, seen):
    key = one.get("key", "")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", key) or key in seen:
        problem(path, f"key '{key}' is not snake_case, or is there twice")
    seen.add(key)


def aspects():
    for path, domain in load("aspects"):
        need(path, domain, {"key": str, "name_en": str, "name_zh": str, "aspects": list})
        if path.stem != domain.get("key"):
            problem(path, "the file is not named after its key")
        seen = set()
        for aspect in domain.get("aspects", []):
            need(path, aspect, {"key": str, "name_en": str, "name_zh": str})
            new_key(path, aspect, seen)
            words(f"{path} {aspect.get('key')}", aspect)


def complaints():
    """What else a catalogue must be is the parser's business: src/desk/catalogue_test.cpp parses every one."""
    for path, found in load("complaints"):
        need(path, found, {"key": str, "name_en": str, "name_zh": str, "clocks": dict, "limits": list, "categories": list})
        if path.stem != found.get("key"):
            problem(path, "the file is not named after its key")
        for category in found.get("categories", []):
            need(path, category, {"key": str, "name_en": str, "name_zh": str, "severity": str})
            for language in ("zh", "en"):
                listed = category.get(language, [])
                if len(set(listed)) != len(listed):
                    problem(path, f"{category.get('key')}: a word of {language} is there twice")


def intents():
    seen = set()
    for path, found in load("intents"):
        need(path, found, {"groups": list})
        for group in found.get("groups", []):
            need(path, group, {"key": str, "name_en": str, "name_zh": str, "labels": list})
            for label in group.get("labels", []):
                need(path, label, {"key": str, "name_en": str, "name_zh": str})
                new_key(path, label, seen)
                words(f"{path} {label.get('key')}", label)


def routes():
    """What a rule may ask for is the parser's business: src/text/routes_test.cpp parses the file."""
    for path, found in load("routes"):
        need(path, found, {"why": str, "routes": list})
        seen = set()
        for route in found.get("routes", []):
            need(path, route, {"key": str, "name_en": str, "name_zh": str, "team_en": str, "team_zh": str, "when": dict})
            new_key(path, route, seen)


def opinions():
    for path, found in load("opinions"):
        need(path, found, {"positive": dict, "negative": dict, "negations": dict, "contrasts": dict, "degrees": list,
                           "amounts": dict})
        amounts = found.get("amounts", {})
        need(path, amounts, {"more": dict, "less": dict, "more_is_good": dict, "more_is_bad": dict})
        parts = {name: found.get(name, {}) for name in ("positive", "negative", "negations", "contrasts")} | amounts
        for place, degree in enumerate(found.get("degrees", [])):
            need(path, degree, {"factor": (int, float)})
            parts[f"degrees {place}"] = degree
        for name, part in parts.items():
            words(f"{path} {name}", part)
        for one, other in (("positive", "negative"), ("more", "less"), ("more_is_good", "more_is_bad")):
            for language in ("zh", "en"):
                for word in set(parts[one].get(language, [])) & set(parts[other].get(language, [])):
                    problem(path, f"{word} is in {one} and in {other}")


def cpp(text):
    return json.dumps(str(text), ensure_ascii=False)


def raw(text):
    """A C++ raw string, cut into pieces: compilers limit the length of one literal."""
    pieces = [text[i:i + 12000] for i in range(0, len(text), 12000)] or [""]
    return "\n".join(f'R"zk({piece})zk"' for piece in pieces)


def camel(code):
    return "k" + "".join(word.capitalize() for word in code.split("_"))


def generate(out):
    out.mkdir(parents=True, exist_ok=True)
    all_errors = errors()
    files = {}
    files["errors.h"] = ("// Generated from catalog/errors.\n#pragma once\n\n#include <cstddef>\n\nnamespace zhike {\n\nenum class Code {\n"
                         + "".join(f"  {camel(e['code'])},\n" for e in all_errors)
                         + "};\n\ninline constexpr std::size_t kErrorCount = %d;\n\n}  // namespace zhike\n" % len(all_errors))
    files["errors.inc"] = "".join(
        "ErrorInfo{%s, %d, %s, %s, %s, %s, %s},\n" % (
            cpp(e["code"]), e["status"], str(e.get("retryable", False)).lower(), cpp(e["en"]), cpp(e["zh"]),
            cpp(e.get("fix_en", "")), cpp(e.get("fix_zh", ""))) for e in all_errors)
    files["settings.inc"] = "".join(
        "Setting{%s, %s, %s, %s, %s},\n" % (
            cpp(s["key"]), cpp(s["type"]),
            cpp(str(s["default"]).lower() if isinstance(s["default"], bool) else s["default"]),
            cpp(s["en"]), cpp(s["zh"])) for s in settings())
    files["metrics.inc"] = "".join(
        "{%s, %s},\n" % (cpp(m["key"]), raw(json.dumps(m, ensure_ascii=False))) for m in metrics())
    doc = endpoints()
    files["endpoints.inc"] = "".join(
        "{%s, %s, %s, %s},\n" % (cpp(method.upper()), cpp(route), cpp(op["operationId"]), cpp(op["x-permission"]))
        for route, methods in doc["paths"].items() for method, op in methods.items())
    files["openapi.inc"] = raw(json.dumps(doc, ensure_ascii=False)) + "\n"
    for name, text in files.items():
        path = out / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:  # else what reads it is not built anew
            path.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["check", "generate", "openapi"])
    parser.add_argument("--out", type=pathlib.Path)
    args = parser.parse_args()
    if args.what == "generate":
        generate(args.out)
    elif args.what == "openapi":
        args.out.write_text(json.dumps(endpoints(), ensure_ascii=False, indent=1), encoding="utf-8")
    else:
        errors(), settings(), metrics(), surveys(), endpoints(), aspects(), complaints(), opinions(), intents(), routes()
    if PROBLEMS:
        print("\n".join(PROBLEMS), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
