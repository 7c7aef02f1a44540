"""The text of a query: a line `/*include NAME*/` of src/MODULE/sql/QUERY.sql stands for src/MODULE/sql/parts/NAME.sql.
Parts may include parts. Comment lines are left out."""
import pathlib
import re

PARTS = "parts"
MARK = re.compile(r"^\s*/\*include (\w+)\*/(.*)$")


def is_part(path):
    return pathlib.PurePath(path).parent.name == PARTS


def compose(path, read=lambda p: pathlib.Path(p).read_text(encoding="utf-8"), above=()):
    """`path` is the file of a query or a part. Raises ValueError on a part that is not there or includes itself."""
    path = type(path)(path)
    if path in above:
        raise ValueError(f"{path} includes itself")
    folder = path.parent if is_part(path) else path.parent / PARTS
    out = []
    for line in read(path).splitlines():
        if line.startswith("--"):
            continue
        found = MARK.match(line)
        if not found:
            out.append(line)
            continue
        try:
            out.append(compose(folder / f"{found[1]}.sql", read, (*above, path)) + found[2])
        except OSError as error:
            raise ValueError(f"{path} includes '{found[1]}', which is not in {folder}") from error
    return "\n".join(out).strip()
