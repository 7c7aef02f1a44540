// The order of a survey's questions and pages, changed in its document: nothing else of it is touched.

/** `conditional`: it is shown on a condition. */
export interface OutlineQuestion { id: string; type: string; text: string; conditional: boolean }
export interface OutlinePage { id: string; title: string; questions: OutlineQuestion[] }
/** A place in the survey: a question, or with `question` undefined a page. */
export interface Place { page: number; question?: number | undefined }

export type Json = Record<string, unknown>;
export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
export const listIn = (value: unknown, key: string): Json[] => (isObject(value) && Array.isArray(value[key]) ? value[key].filter(isObject) : []);

/** In the language, else in the other. */
export function wordsIn(value: unknown, language: 'zh' | 'en'): string {
  if (!isObject(value)) return '';
  const [first, second] = language === 'zh' ? [value.zh, value.en] : [value.en, value.zh];
  return typeof first === 'string' && first ? first : typeof second === 'string' ? second : '';
}

export function outlineOf(document: Json, language: 'zh' | 'en'): OutlinePage[] {
  return listIn(document, 'pages').map((page) => ({
    id: String(page.id ?? ''),
    title: wordsIn(page.title, language),
    questions: listIn(page, 'questions').map((question) => ({ id: String(question.id ?? ''), type: String(question.type ?? ''), text: wordsIn(question.text, language), conditional: isObject(question.show_if) })),
  }));
}

/** The document with what lies at `from` put before what lies at `to`; the same document where that changes nothing. */
export function moved(document: Json, from: Place, to: Place): Json {
  const pages = listIn(document, 'pages').map((page) => ({ ...page, questions: listIn(page, 'questions') }));
  if (from.question === undefined) {
    const [page] = pages.splice(from.page, 1);
    if (!page) return document;
    pages.splice(to.page > from.page ? to.page - 1 : to.page, 0, page);
    return { ...document, pages };
  }
  const source = pages[from.page]?.questions;
  const target = pages[to.page]?.questions;
  const question = source?.[from.question];
  if (!source || !target || !question) return document;
  source.splice(from.question, 1);
  const wanted = to.question ?? target.length;
  target.splice(from.page === to.page && wanted > from.question ? wanted - 1 : wanted, 0, question);
  // A page needs a question: one that lost its last goes, too.
  return { ...document, pages: pages.filter((page) => page.questions.length > 0) };
}

/** Where something goes when it moves one step; undefined: it is at the end already. */
export function step(pages: OutlinePage[], from: Place, by: 1 | -1): Place | undefined {
  if (from.question === undefined) {
    const page = by === 1 ? from.page + 2 : from.page - 1;
    return page < 0 || page > pages.length ? undefined : { page };
  }
  const count = pages[from.page]?.questions.length ?? 0;
  if (by === -1) {
    if (from.question > 0) return { page: from.page, question: from.question - 1 };
    return from.page > 0 ? { page: from.page - 1 } : undefined;
  }
  if (from.question + 1 < count) return { page: from.page, question: from.question + 2 };
  return from.page + 1 < pages.length ? { page: from.page + 1, question: 0 } : undefined;
}

/** WCAG 2.1 contrast ratio of two colours as #rrggbb; 0: one of them is none. */
export function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour)?.slice(1);
    if (!parts) return undefined;
    const [r, g, b] = parts.map((part) => {
      const value = parseInt(part, 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, b] = [luminance(one), luminance(other)];
  if (a === undefined || b === undefined) return 0;
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
