"""As much of JSON Schema as the OpenAPI document of the service uses. An unknown keyword is an error: it would
otherwise be ignored silently."""
import re

KNOWN = {"type", "properties", "required", "items", "enum", "const", "oneOf", "pattern", "additionalProperties",
         "description", "format", "minLength", "maxLength", "$ref", "default", "example", "minimum", "maximum"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}


def is_type(value, name):
    if name == "null":
        return value is None
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def problems(value, schema, schemas, where="$"):
    """What of `value` breaks `schema`, as texts."""
    unknown = set(schema) - KNOWN
    if unknown:
        return [f"{where}: the schema uses {sorted(unknown)}, which this check does not know"]
    if "$ref" in schema:
        return problems(value, schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, where)
    out = []
    if "oneOf" in schema:
        fits = [s for s in schema["oneOf"] if not problems(value, s, schemas, where)]
        if len(fits) != 1:
            out.append(f"{where}: fits {len(fits)} of oneOf")
    kinds = schema.get("type")
    if kinds is not None:
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if not any(is_type(value, k) for k in kinds):
            return out + [f"{where}: {value!r} is not {' or '.join(kinds)}"]
    if "const" in schema and value != schema["const"]:
        out.append(f"{where}: {value!r} is not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        out.append(f"{where}: {value!r} is none of {schema['enum']}")
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            out.append(f"{where}: {value!r} does not match {schema['pattern']}")
        if len(value) < schema.get("minLength", 0) or len(value) > schema.get("maxLength", len(value)):
            out.append(f"{where}: wrong length")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                out.append(f"{where}: '{name}' is missing")
        extra = schema.get("additionalProperties")
        for name, part in value.items():
            if name in known:
                out += problems(part, known[name], schemas, f"{where}.{name}")
            elif isinstance(extra, dict):
                out += problems(part, extra, schemas, f"{where}.{name}")
            elif extra is False or (extra is None and known and name not in known):
                out.append(f"{where}: '{name}' is not in the contract")
    if isinstance(value, list) and "items" in schema:
        for i, part in enumerate(value):
            out += problems(part, schema["items"], schemas, f"{where}[{i}]")
    return out
