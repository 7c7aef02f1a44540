// Imports of files in the stand-in: one that is done, and what a form needs to be seen.
const kReport = { file: 'calls.csv', rule: 'calls', reference: false, rows: 300, stored: 299, rejected: 1, duplicates: 0, events: 299, reasons: { bad_time: 1 }, first_rejects: [{ line: 9, reason: 'bad_time', detail: '{started_at} is not a time' }], notes: [], seconds: 1.2 };
const kMapping = 'source = "calls"\n[[event]]\nname = "Call Answered"\ntime = "{started_at}"\nidentifiers = [{kind = "user_id", value = "{customer_id}"}]\n';

const done = () => ({ id: '1', state: 'done', created_at: new Date(Date.now() - 90_000).toISOString(), changed_at: new Date(Date.now() - 60_000).toISOString(), files: [], mapping: kMapping, reports: [kReport], progress: null, seconds: 1.2, error_code: '', error_detail: '' });

const kDraft = {
  source: 'calls', zone: 'Asia/Shanghai', currency: '', format: '', delimiter: '', quote: '', encoding: '', sheet: '', records: '', name: 'calls Row', name_column: '', time_columns: ['started_at'], time_format: '', id_column: 'call_id',
  identifiers: [{ kind: 'user_id', column: 'customer_id' }], channel: '', channel_column: '', unit_column: '', session_column: '', case_column: '', amount_column: '', decimal: '.', score_column: 'rating', instrument: 'csat', score_min: 1, score_max: 5, text_columns: [], properties: [],
};
const kColumns = [['call_id', 'id'], ['customer_id', 'id'], ['started_at', 'time'], ['rating', 'number']].map(([name, type]) => ({ name, type, time_format: '', filled: 300, distinct: 40 }));

export const importAnswers = {
  listImports: () => ({ items: [done()] }),
  createImport: () => ({ ...done(), id: '2', state: 'draft', reports: [], mapping: '' }),
  getImport: () => done(),
  listMappings: () => ({ presets: ['olist', 'xes'], saved: [] }),
  getMapping: () => ({ name: 'olist', mapping: kMapping, changed_at: new Date().toISOString() }),
  sampleImport: () => ({ format: 'csv', formats: ['csv', 'json', 'xlsx'], encoding: 'utf-8', delimiter: ',', sheet: '', columns: kColumns, rows: [['K1', 'c-1', '2026-10-01 09:00:00', '5']], bad_rows: 0, notes: [], draft: kDraft, preset: '' }),
  writeMapping: () => ({ mapping: kMapping }),
  previewImport: () => ({ rows: 1000, files: [{ report: kReport, events: [] }] }),
};
