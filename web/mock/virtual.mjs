// Virtual sources in the stand-in: one table of a CRM, joined with the invented customers.
const kKind = {
  key: 'postgres',
  settings: [
    { key: 'host', default: '', required: true, secret: false, choices: [] },
    { key: 'port', default: '5432', required: false, secret: false, choices: [] },
    { key: 'database', default: '', required: true, secret: false, choices: [] },
    { key: 'schema', default: 'public', required: false, secret: false, choices: [] },
    { key: 'table', default: '', required: true, secret: false, choices: [] },
    { key: 'user', default: '', required: true, secret: false, choices: [] },
    { key: 'password', default: '', required: false, secret: true, choices: [] },
  ],
};
const kMysqlKind = { key: 'mysql', settings: kKind.settings.filter((one) => one.key !== 'schema').map((one) => (one.key === 'port' ? { ...one, default: '3306' } : one)) };
const kFileKind = {
  key: 'file',
  settings: [
    { key: 'path', default: '', required: true, secret: false, choices: [] },
    { key: 'format', default: 'auto', required: false, secret: false, choices: ['auto', 'csv', 'tsv', 'jsonl', 'parquet'] },
    { key: 'delimiter', default: 'comma', required: false, secret: false, choices: ['comma', 'semicolon', 'bar'] },
  ],
};
const kS3Kind = {
  key: 's3',
  settings: [
    { key: 'url', default: '', required: true, secret: false, choices: [] },
    { key: 'bucket', default: '', required: true, secret: false, choices: [] },
    { key: 'object', default: '', required: true, secret: false, choices: [] },
    { key: 'region', default: 'us-east-1', required: false, secret: false, choices: [] },
    { key: 'access_key', default: '', required: false, secret: false, choices: [] },
    ...kFileKind.settings.slice(1),
    { key: 'secret_key', default: '', required: false, secret: true, choices: [] },
  ],
};
const kColumns = [
  { name: 'phone', type: 'text', native: 'text', meaning: '', sensitive: true },
  { name: 'tariff', type: 'text', native: 'varchar(20)', meaning: 'Tariff of the contract', sensitive: false },
  { name: 'monthly_fee', type: 'number', native: 'numeric(10,2)', meaning: '', sensitive: false },
  { name: 'ends_on', type: 'time', native: 'date', meaning: '', sensitive: false },
];
const kRows = [['138****8000', 'gold', '99.00', '2027-03-31'], ['139****1234', 'basic', '19.00', null]];

const source = (body = {}) => ({
  id: '1', key: 'crm', name: 'CRM contracts', kind: 'postgres', settings: { host: 'crm.example.com', port: '5432', database: 'crm', schema: 'public', table: 'contracts', user: 'reader' }, columns: kColumns, key_column: 'phone', key_kind: 'phone', unit: '', owner: '', enabled: true,
  rows_max: 2_000_000, time_max_seconds: 30, refresh_seconds: 60, created_at: new Date(Date.now() - 86_400_000).toISOString(), changed_at: new Date().toISOString(), ...body, secrets: ['password'],
});

export const virtualAnswers = {
  listVirtualKinds: () => ({ items: [kKind, kMysqlKind, kFileKind, kS3Kind] }),
  listVirtualSources: () => ({ items: [source()] }),
  createVirtualSource: ({ body }) => source({ ...body, id: '2', columns: kColumns }),
  updateVirtualSource: ({ params, body }) => source({ ...body, id: params.id, columns: kColumns }),
  deleteVirtualSource: () => null,
  probeVirtualSource: () => ({ items: kColumns }),
  previewVirtualSource: () => ({ columns: kColumns, rows: kRows, more: false }),
  matchVirtualSource: () => ({ rows: 1200, matched: 1103, customers: 1098, milliseconds: 84 }),
  getCustomerVirtual: () => ({ columns: kColumns, rows: kRows.slice(0, 1), more: false }),
};
