#!/usr/bin/env python3
"""Turns a folder of .sql files into a header: embed_sql.py MODULE FOLDER OUT.h

sql/rfm.sql becomes zhike::MODULE::sql::kRfm. Comment lines are left out of the constant."""
import pathlib
import sys

module, folder, out = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
parts = [f"// Generated from src/{module}/sql.\n#pragma once\n\n#include <string_view>\n\nnamespace zhike::{module}::sql {{\n"]
for path in sorted(folder.rglob("*.sql")):
    name = "k" + "".join(word.capitalize() for word in path.stem.split("_"))
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("--")]
    parts.append(f'\ninline constexpr std::string_view {name} = R"zk(' + "\n".join(lines).strip() + ')zk";\n')
parts.append(f"\n}}  // namespace zhike::{module}::sql\n")
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text("".join(parts), encoding="utf-8")
