// Surveys in the stand-in: one that is open, with answers.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'catalog', 'surveys');
const templates = readdirSync(kFolder).filter((name) => name.endsWith('.json')).sort()
  .map((name) => ({ key: name.replace('.json', ''), document: JSON.parse(readFileSync(join(kFolder, name), 'utf8')) }));
const kAt = new Date(Date.now() - 86_400_000).toISOString();
const kDocument = templates.find((one) => one.key === 'nps').document;

const head = (more = {}) => ({ id: '1', key: 'nps', state: 'open', version: 1, title: kDocument.title, unit: '', created: kAt, changed: kAt, ...more });
const detail = (more = {}) => ({ ...head(more), document: kDocument, versions: [{ version: 1, by: '1', at: kAt }], ...more });
const link = { id: '1', kind: 'public', path: '/s/AAAAAAAAAAAAAAAAAAAAAA', channel: 'web', expires: null, opened: 140, created: kAt };
const kCounts = [2, 0, 1, 1, 2, 4, 6, 14, 20, 27, 23];

export const surveyAnswers = {
  listSurveys: () => ({ items: [head()] }),
  listSurveyTemplates: () => ({ items: templates }),
  checkSurvey: ({ body }) => ({ problems: body.document?.title ? [] : [{ at: '/title', what: 'is missing' }] }),
  createSurvey: ({ body }) => detail({ id: '2', key: body.key, state: 'draft' }),
  getSurvey: () => detail(),
  updateSurvey: ({ body }) => detail({ version: 2, document: body.document }),
  openSurvey: () => head(),
  closeSurvey: () => head({ state: 'closed' }),
  listSurveyLinks: () => ({ items: [link] }),
  createSurveyLinks: ({ body }) => ({ items: [{ ...link, id: '2', kind: body.kind, opened: 0 }] }),
  getSurveyResults: () => ({
    funnel: { sent: 0, sent_opened: 0, opened: 140, started: 112, completed: 100, turned_away: 0 }, source: '1',
    scores: [{ instrument: 'nps', measure: 'nps', scale_min: 0, scale_max: 10, value: 34, low: 19.4, high: 48.6, n: 100, enough: true, distribution: kCounts.map((count, score) => ({ score, count })).filter((bin) => bin.count > 0) }],
  }),
  diffSurvey: () => ({ items: [{ kind: 'changed', at: '/title/en', before: 'A', after: 'B' }] }),
};
