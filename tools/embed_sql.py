#!/usr/bin/env python3
"""Turns a folder of .sql files into a header: embed_sql.py MODULE FOLDER OUT.h

sql/rfm.sql becomes zhike::MODULE::sql::kRfm, with its parts put in (compose_sql.py), and beside the header the file
sql/rfm.sql of the same text, which the text tests run."""
import pathlib
import sys

from compose_sql import compose, is_part

module, folder, out = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
composed = out.parent / "sql"
composed.mkdir(parents=True, exist_ok=True)
header = [f"// Generated from src/{module}/sql.\n#pragma once\n\n#include <string_view>\n\nnamespace zhike::{module}::sql {{\n"]
queries = [path for path in sorted(folder.rglob("*.sql")) if not is_part(path)]
for gone in {old.name for old in composed.glob("*.sql")} - {path.name for path in queries}:
    (composed / gone).unlink()
for path in queries:
    try:
        text = compose(path)
    except ValueError as error:
        sys.exit(f"embed_sql.py: {error}")
    name = "k" + "".join(word.capitalize() for word in path.stem.split("_"))
    header.append(f'\ninline constexpr std::string_view {name} = R"zk({text})zk";\n')
    (composed / path.name).write_text(text + "\n", encoding="utf-8")
header.append(f"\n}}  // namespace zhike::{module}::sql\n")
out.write_text("".join(header), encoding="utf-8")
