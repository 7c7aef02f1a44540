// Generates src/api/generated.ts from the contract: a type per schema, and a hook per operation of /api.
// Reads become queries (by cursor: infinite queries), writes become mutations.
import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answerSchema, loadContract } from './contract.mjs';

const target = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'api', 'generated.ts');
const { schemas, operations } = loadContract();

function tsType(schema) {
  if (!schema) return 'void';
  if (schema.$ref) return schema.$ref.split('/').pop();
  if (schema.oneOf) return schema.oneOf.map(tsType).join(' | ');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => tsType({ ...schema, type })).join(' | ');
  switch (schema.type) {
    case 'string': return 'string';
    case 'integer':
    case 'number': return 'number';
    case 'boolean': return 'boolean';
    case 'null': return 'null';
    case 'array': return /[|]/.test(tsType(schema.items)) ? `Array<${tsType(schema.items)}>` : `${tsType(schema.items)}[]`;
    default: break;
  }
  if (schema.properties) return objectType(schema);
  if (typeof schema.additionalProperties === 'object') return `Record<string, ${tsType(schema.additionalProperties)}>`;
  return 'Record<string, unknown>';
}

function objectType(schema) {
  const required = new Set(schema.required ?? []);
  const lines = Object.entries(schema.properties).map(([key, value]) => {
    const note = value.description ? `  /** ${value.description.replaceAll('*/', '')} */\n` : '';
    return `${note}  ${/^\w+$/.test(key) ? key : JSON.stringify(key)}${required.has(key) ? '' : '?'}: ${tsType(value)};`;
  });
  return `{\n${lines.join('\n')}\n}`;
}

const pascal = (name) => name[0].toUpperCase() + name.slice(1);

function paramsType(operation) {
  const parameters = operation.parameters ?? [];
  if (parameters.length === 0) return null;
  const fields = parameters.filter((p) => p.name !== 'cursor').map((p) => {
    const note = p.description ? `  /** ${p.description} */\n` : '';
    return `${note}  ${p.name}${p.required ? '' : '?'}: ${tsType(p.schema)};`;
  });
  return `{\n${fields.join('\n')}\n}`;
}

const out = [
  '// Generated from catalog/endpoints by scripts/generate.mjs. Do not edit.',
  "import { useApiMutation, useApiPages, useApiQuery, type PagesOptions, type QueryOptions } from './client';",
  '',
];
for (const [name, schema] of Object.entries(schemas)) {
  if (schema.description) out.push(`/** ${schema.description} */`);
  out.push(schema.properties ? `export interface ${name} ${objectType(schema)}` : `export type ${name} = ${tsType(schema)};`, '');
}
for (const operation of operations.filter((o) => o.path.startsWith('/api/') && o.operationId !== 'openapi')) {
  const { operationId, path, method } = operation;
  const answer = tsType(answerSchema(operation));
  const name = pascal(operationId);
  const params = paramsType(operation);
  const pathNames = (operation.parameters ?? []).filter((p) => p.in === 'path').map((p) => p.name);
  out.push(`/** ${operation.summary}. ${method.toUpperCase()} ${path} */`);
  if (method === 'get') {
    const paged = (operation.parameters ?? []).some((p) => p.name === 'cursor');
    const needed = (operation.parameters ?? []).some((p) => p.required);
    if (params) out.push(`export interface ${name}Params ${params}`);
    const argument = params ? `params: ${name}Params${needed ? '' : ' = {}'}, ` : '';
    const hook = paged ? 'useApiPages' : 'useApiQuery';
    const options = paged ? 'PagesOptions' : 'QueryOptions';
    out.push(`export function use${name}(${argument}options: ${options} = {}) {`,
      `  return ${hook}<${answer}>('${operationId}', '${path}', ${params ? '{ ...params }' : '{}'}, options);`, '}', '');
  } else {
    const json = operation.requestBody?.content['application/json'];
    const body = json ? tsType(json.schema) : null; // other media are sent by hand
    const fields = [...pathNames.map((n) => `${n}: string`), ...(body ? [`body: ${body}`] : [])];
    const asked = body && (operation.parameters ?? []).some((p) => p.in === 'query'); // behind the question mark
    if (asked) out.push(`export interface ${name}Params ${params}`);
    const variables = fields.length > 0 ? `{ ${fields.join('; ')} }${asked ? ` & ${name}Params` : ''}` : 'void';
    out.push(`export function use${name}() {`,
      `  return useApiMutation<${variables}, ${answer}>('${method.toUpperCase()}', '${path}');`, '}', '');
  }
}
const text = out.join('\n');
mkdirSync(dirname(target), { recursive: true });
if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
