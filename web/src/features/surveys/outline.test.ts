import { describe, expect, it } from 'vitest';
import { contrast, moved, outlineOf, step } from './outline';

const question = (id: string) => ({ id, type: 'nps', text: { en: id.toUpperCase() } });
const document = { id: 's', quotas: [{ id: 'q' }], pages: [{ id: 'one', skip: [], questions: [question('a'), question('b'), question('c')] }, { id: 'two', questions: [question('d')] }] };
const order = (changed: Record<string, unknown>) => outlineOf(changed, 'en').map((page) => `${page.id}:${page.questions.map((one) => one.id).join('')}`).join(' ');

describe('the order of a survey', () => {
  it('shows pages and questions in the language, else in the other', () => {
    expect(outlineOf(document, 'zh')[0]?.questions[0]).toEqual({ id: 'a', type: 'nps', text: 'A', conditional: false });
    expect(outlineOf({ pages: 'none' }, 'en')).toEqual([]);
  });
  it('moves a question within its page and to another', () => {
    expect(order(moved(document, { page: 0, question: 0 }, { page: 0, question: 2 }))).toBe('one:bac two:d');
    expect(order(moved(document, { page: 0, question: 2 }, { page: 0, question: 0 }))).toBe('one:cab two:d');
    expect(order(moved(document, { page: 0, question: 1 }, { page: 1, question: 0 }))).toBe('one:ac two:bd');
    expect(order(moved(document, { page: 0, question: 1 }, { page: 1 }))).toBe('one:ac two:db');
  });
  it('drops a page that lost its last question, and keeps everything else', () => {
    const changed = moved(document, { page: 1, question: 0 }, { page: 0, question: 0 });
    expect(order(changed)).toBe('one:dabc');
    expect(changed.quotas).toEqual(document.quotas);
    expect((changed.pages as { skip: unknown }[])[0]?.skip).toEqual([]);
    expect(order(document)).toBe('one:abc two:d');
  });
  it('moves pages', () => {
    expect(order(moved(document, { page: 0 }, { page: 2 }))).toBe('two:d one:abc');
    expect(order(moved(document, { page: 1 }, { page: 0 }))).toBe('two:d one:abc');
  });
  it('goes step by step over the pages, up to the ends', () => {
    const pages = outlineOf(document, 'en');
    expect(step(pages, { page: 0, question: 0 }, -1)).toBeUndefined();
    expect(order(moved(document, { page: 0, question: 2 }, step(pages, { page: 0, question: 2 }, 1)!))).toBe('one:ab two:cd');
    expect(order(moved(document, { page: 1, question: 0 }, step(pages, { page: 1, question: 0 }, -1)!))).toBe('one:abcd');
    expect(order(moved(document, { page: 0, question: 0 }, step(pages, { page: 0, question: 0 }, 1)!))).toBe('one:bac two:d');
    expect(step(pages, { page: 1 }, 1)).toBeUndefined();
    expect(order(moved(document, { page: 0 }, step(pages, { page: 0 }, 1)!))).toBe('two:d one:abc');
  });
});

describe('contrast of colours', () => {
  it('is that of WCAG 2.1', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#777777', '#FFFFFF')).toBeCloseTo(4.48, 2);
    expect(contrast('red', '#ffffff')).toBe(0);
  });
});
