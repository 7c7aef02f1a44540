// Questions of a survey's document: what each type has, and how one is made, changed, renamed and taken away. Conditions
// keep their meaning: a question or page that gets another id is followed, and what spoke of one that is gone goes, too.
import { isObject, listIn, type Json, type Place } from './outline';

export interface Words { zh?: string; en?: string }
export interface Choice { id: string; text: Words }

export const kKinds = ['nps', 'stars', 'scale', 'single', 'multiple', 'ranking', 'matrix', 'text', 'contact', 'consent'] as const;
export type Kind = typeof kKinds[number];
export const kNumbers = ['least', 'most', 'count_min', 'count_max', 'length_min', 'length_max'] as const;
export type NumberField = typeof kNumbers[number];
export type Field = NumberField | 'low' | 'high' | 'instrument' | 'options' | 'rows' | 'randomise' | 'about' | 'by';

/** As the server takes them (src/feedback/survey_parse.cpp): a field that a type does not have is refused there. */
export const kFields: Record<Kind, readonly Field[]> = {
  nps: ['low', 'high'],
  stars: ['most', 'low', 'high', 'instrument'],
  scale: ['least', 'most', 'low', 'high', 'instrument'],
  single: ['options', 'randomise'],
  multiple: ['options', 'randomise', 'count_min', 'count_max'],
  ranking: ['options', 'randomise'],
  matrix: ['rows', 'least', 'most', 'low', 'high', 'instrument', 'randomise'],
  text: ['length_min', 'length_max', 'about'],
  contact: ['by'],
  consent: [],
};
const kCommon = ['id', 'type', 'text', 'hint', 'required', 'show_if'];

export const isKind = (type: unknown): type is Kind => kKinds.some((kind) => kind === type);

export function wordsOf(value: unknown): Words {
  if (!isObject(value)) return {};
  return { ...(typeof value.zh === 'string' && { zh: value.zh }), ...(typeof value.en === 'string' && { en: value.en }) };
}
export const choicesOf = (question: Json, field: 'options' | 'rows'): Choice[] => listIn(question, field).map((one) => ({ id: String(one.id ?? ''), text: wordsOf(one.text) }));

/** Without what is empty: an empty text or list is one that is not there. */
export function compact(question: Json): Json {
  return Object.fromEntries(Object.entries(question).flatMap(([key, value]) => {
    if (value === undefined || value === null || value === '' || value === false) return [];
    if (['text', 'hint', 'low', 'high', 'title', 'intro', 'thanks'].includes(key)) {
      const words = Object.fromEntries(Object.entries(wordsOf(value)).filter(([, text]) => text !== ''));
      return Object.keys(words).length > 0 ? [[key, words]] : [];
    }
    return [[key, value]];
  }));
}

export function idsIn(document: Json): Set<string> {
  return new Set(listIn(document, 'pages').flatMap((page) => listIn(page, 'questions').map((question) => String(question.id))));
}
export function freshId(taken: Iterable<string>, base: string): string {
  const ids = new Set(taken);
  for (let n = 1; ; n += 1) if (!ids.has(`${base}_${n}`)) return `${base}_${n}`;
}

/** The question as one of another type: it keeps what that type has, and gets what it cannot be without. */
export function asKind(question: Json, kind: Kind): Json {
  const fields = new Set<string>([...kCommon, ...kFields[kind]]);
  const kept: Json = { ...Object.fromEntries(Object.entries(question).filter(([key]) => fields.has(key))), type: kind };
  const two = (id: string) => [{ id: `${id}_1`, text: {} }, { id: `${id}_2`, text: {} }];
  if (fields.has('options') && choicesOf(kept, 'options').length === 0) kept.options = two('option');
  if (fields.has('rows') && choicesOf(kept, 'rows').length === 0) kept.rows = two('row');
  if (kind === 'contact' && kept.by !== 'phone') kept.by = 'email';
  if (kind === 'stars' && Number(kept.most ?? 0) > 10) kept.most = 5;
  return kept;
}

const pagesOf = (document: Json) => listIn(document, 'pages').map((page) => ({ ...page, questions: listIn(page, 'questions') }) as Json & { questions: Json[] });

/** Every condition, changed; one that becomes undefined goes, and with it the skip or quota that hung on it: without
 * its condition it would hold for everybody. */
function withRules(document: Json, change: (rule: Json) => Json | undefined): Json {
  const apply = (rule: unknown) => (isObject(rule) ? change(rule) : undefined);
  const pages = pagesOf(document).map((page) => ({
    ...page,
    questions: page.questions.map(({ show_if: rule, ...question }) => {
      const next = apply(rule);
      return next ? { ...question, show_if: next } : question;
    }),
    ...(Array.isArray(page.skip) && { skip: listIn(page, 'skip').flatMap((skip) => {
      const next = apply(skip.if);
      return next ? [{ ...skip, if: next }] : [];
    }) }),
  }));
  const quotas = listIn(document, 'quotas').flatMap(({ if: rule, ...quota }) => {
    if (rule === undefined) return [quota];
    const next = apply(rule);
    return next ? [{ ...quota, if: next }] : [];
  });
  return { ...document, pages, ...(Array.isArray(document.quotas) && { quotas }) };
}

/** A condition with each test of a question put through `change`; undefined: nothing is left of it. */
function mapTests(rule: Json, change: (test: Json) => Json | undefined): Json | undefined {
  for (const key of ['all', 'any'] as const) {
    if (!Array.isArray(rule[key])) continue;
    const parts = listIn(rule, key).map((part) => mapTests(part, change)).filter((part) => part !== undefined);
    return parts.length === 0 ? undefined : parts.length === 1 ? parts[0] : { [key]: parts };
  }
  if (isObject(rule.not)) {
    const part = mapTests(rule.not, change);
    return part && { not: part };
  }
  return change(rule);
}

function renamed(document: Json, from: string, to: string): Json {
  const changed = withRules(document, (rule) => mapTests(rule, (test) => (test.question === from ? { ...test, question: to } : test)));
  return { ...changed, pages: pagesOf(changed).map((page) => ({ ...page, questions: page.questions.map((one) => (one.about === from ? { ...one, about: to } : one)) })) };
}

/** The document with another question at the place, which exists; where its id changes, conditions follow. */
export function withQuestion(document: Json, place: { page: number; question: number }, question: Json): Json {
  const before = pagesOf(document)[place.page]?.questions[place.question];
  if (!before) return document;
  const id = String(question.id ?? '');
  const followed = id && before.id !== id && !idsIn(document).has(id) ? renamed(document, String(before.id), id) : document;
  const pages = pagesOf(followed);
  pages[place.page]!.questions[place.question] = compact(question);
  return { ...followed, pages };
}

export function withNewQuestion(document: Json, page: number, kind: Kind): Json {
  const pages = pagesOf(document);
  pages[page]?.questions.push(compact(asKind({ id: freshId(idsIn(document), kind), text: {} }, kind)));
  return { ...document, pages };
}

export function withNewPage(document: Json, kind: Kind): Json {
  const pages = pagesOf(document);
  const id = freshId(pages.map((page) => String(page.id)), 'page');
  return withNewQuestion({ ...document, pages: [...pages, { id, questions: [] }] }, pages.length, kind);
}

/** Without the question, or the page, and without the conditions that asked for it; a page without questions goes. */
export function without(document: Json, place: Place): Json {
  const pages = pagesOf(document);
  const page = pages[place.page];
  if (!page) return document;
  const gone = new Set((place.question === undefined ? page.questions : page.questions.slice(place.question, place.question + 1)).map((one) => String(one.id)));
  page.questions = page.questions.filter((one) => !gone.has(String(one.id)));
  const left = pages.filter((one) => one.questions.length > 0);
  const ids = new Set(left.map((one) => one.id));
  const kept = withRules({ ...document, pages: left }, (rule) => mapTests(rule, (test) => (gone.has(String(test.question)) ? undefined : test)));
  return {
    ...kept,
    pages: pagesOf(kept).map((one) => ({
      ...one,
      ...(Array.isArray(one.skip) && { skip: listIn(one, 'skip').filter((skip) => skip.to === 'end' || ids.has(skip.to)) }),
      questions: one.questions.map(({ about, ...question }) => (about === undefined || gone.has(String(about)) ? question : { ...question, about })),
    })),
  };
}

/** The document with the page's id, title and skips changed; skips of others that lead to it follow. */
export function withPage(document: Json, at: number, change: Json): Json {
  const pages = pagesOf(document);
  const page = pages[at];
  if (!page) return document;
  const { id: before } = page;
  const { title: _, skip: __, ...rest } = page;
  const next = { ...rest, ...compact(change) };
  pages[at] = { ...next, questions: page.questions };
  const follow = (one: Json & { questions: Json[] }) => (Array.isArray(one.skip) ? { ...one, skip: listIn(one, 'skip').map((skip) => (skip.to === before ? { ...skip, to: String(pages[at]!.id) } : skip)) } : one);
  return { ...document, pages: pages.map(follow) };
}

/** Questions before the place, which conditions there may ask for; undefined: all of them. */
export function earlier(document: Json, place?: { page: number; question: number }): Json[] {
  return pagesOf(document).flatMap((page, at) => {
    if (!place || at < place.page) return page.questions;
    return at === place.page ? page.questions.slice(0, place.question) : [];
  });
}
