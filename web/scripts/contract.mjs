// Reads the API contract (catalog/endpoints) and validates values against its schemas.
// Used by the generator, the mock server's test and the browser test; knows the part of JSON Schema
// that the contract uses.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const catalogDir = join(here, '..', '..', 'catalog');

/** @returns {{schemas: Record<string, any>, operations: Array<{method: string, path: string} & Record<string, any>>}} */
export function loadContract() {
  const folder = join(catalogDir, 'endpoints');
  const schemas = {};
  const operations = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).sort()) {
    const part = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    Object.assign(schemas, part.schemas);
    for (const [path, methods] of Object.entries(part.paths)) {
      for (const [method, operation] of Object.entries(methods)) operations.push({ method, path, ...operation });
    }
  }
  return { schemas, operations };
}

/** The JSON schema of an operation's success answer, or null where it has no body. */
export function answerSchema(operation) {
  const [, response] = Object.entries(operation.responses).find(([status]) => status.startsWith('2')) ?? [];
  return response?.content?.['application/json']?.schema ?? null;
}

/** The operation that a request belongs to, or undefined. */
export function findOperation(contract, method, pathname) {
  const matches = contract.operations.filter((operation) => {
    if (operation.method !== method.toLowerCase()) return false;
    const pattern = operation.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+');
    return new RegExp(`^${pattern}$`).test(pathname);
  });
  return matches.sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
}

function typeOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function fitsType(value, wanted) {
  const actual = typeOf(value);
  return [wanted].flat().some((type) => type === actual || (type === 'integer' && Number.isInteger(value)));
}

/** What is wrong with the value, as "path: reason" lines; empty when it fits. */
export function violations(contract, schema, value, path = '$') {
  if (schema.$ref) return violations(contract, contract.schemas[schema.$ref.split('/').pop()], value, path);
  if (schema.oneOf) {
    const attempts = schema.oneOf.map((option) => violations(contract, option, value, path));
    if (attempts.some((attempt) => attempt.length === 0)) return [];
    return value === null ? [`${path}: null`] : attempts.toSorted((a, b) => b.length - a.length)[0];
  }
  if ('const' in schema) return value === schema.const ? [] : [`${path}: not ${JSON.stringify(schema.const)}`];
  if (schema.type && !fitsType(value, schema.type)) return [`${path}: ${typeOf(value)} instead of ${schema.type}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${path}: ${JSON.stringify(value)} is not one of ${schema.enum}`];
  const found = [];
  if (typeof value === 'string') {
    if (schema.pattern && !new RegExp(schema.pattern).test(value)) found.push(`${path}: '${value}' does not match ${schema.pattern}`);
    if (schema.format === 'date-time' && Number.isNaN(Date.parse(value))) found.push(`${path}: '${value}' is not an instant`);
  }
  if (Array.isArray(value) && schema.items) {
    value.forEach((item, index) => found.push(...violations(contract, schema.items, item, `${path}[${index}]`)));
  }
  if (typeOf(value) === 'object') {
    for (const key of schema.required ?? []) if (!(key in value)) found.push(`${path}.${key}: missing`);
    for (const [key, item] of Object.entries(value)) {
      const inner = schema.properties?.[key] ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : null);
      if (inner) found.push(...violations(contract, inner, item, `${path}.${key}`));
    }
  }
  return found;
}
