import { describe, expect, it } from 'vitest';
import { listIn, type Json } from './outline';
import { asKind, compact, earlier, idsIn, withNewPage, withNewQuestion, without, withPage, withQuestion } from './questions';
import { answersOf, firstTest, readRule, testsOf, writeRule } from './rules';

const score = { id: 'score', type: 'nps', text: { en: 'How likely?' } };
const why = { id: 'why', type: 'text', about: 'score', text: { en: 'Why?' }, show_if: { all: [{ question: 'score', most: 6 }, { question: 'wish', answered: true }] } };
const wish = { id: 'wish', type: 'single', text: { en: 'A wish' }, options: [{ id: 'price', text: { en: 'Price' } }, { id: 'speed', text: { en: 'Speed' } }] };
const document: Json = {
  id: 's', title: { en: 'S' },
  pages: [{ id: 'one', skip: [{ if: { question: 'score', least: 9 }, to: 'three' }], questions: [score, wish] }, { id: 'two', questions: [why] }, { id: 'three', questions: [{ id: 'ok', type: 'consent', text: { en: 'May we?' } }] }],
  quotas: [{ id: 'critics', if: { question: 'score', most: 6 }, most: 200 }],
};
const questionOf = (of: Json, page: number, at: number) => listIn(listIn(of, 'pages')[page], 'questions')[at] ?? {};

describe('the questions of a survey', () => {
  it('keep what another type has, and get what it needs', () => {
    expect(asKind({ ...wish, required: true }, 'scale')).toEqual({ id: 'wish', type: 'scale', text: wish.text, required: true });
    expect(asKind(wish, 'multiple').options).toEqual(wish.options);
    expect(listIn(asKind(score, 'matrix'), 'rows')).toHaveLength(2);
    expect(asKind(score, 'contact').by).toBe('email');
  });
  it('are added with an id of their own', () => {
    const more = withNewQuestion(withNewQuestion(document, 1, 'stars'), 1, 'stars');
    expect([...idsIn(more)]).toEqual(['score', 'wish', 'why', 'stars_1', 'stars_2', 'ok']);
    expect(listIn(withNewPage(document, 'consent'), 'pages').at(-1)).toEqual({ id: 'page_1', questions: [{ id: 'consent_1', type: 'consent', text: {} }].map(({ text: _, ...rest }) => rest) });
  });
  it('are renamed with every condition that asks for them', () => {
    const changed = withQuestion(document, { page: 0, question: 0 }, { ...score, id: 'likely' });
    expect(JSON.stringify(changed)).not.toContain('score');
    expect(questionOf(changed, 1, 0)).toMatchObject({ about: 'likely', show_if: { all: [{ question: 'likely', most: 6 }, { question: 'wish', answered: true }] } });
    expect(JSON.stringify(document)).toContain('score');
  });
  it('take with them what asked for them', () => {
    const changed = without(document, { page: 0, question: 0 });
    expect(questionOf(changed, 1, 0)).toEqual({ id: 'why', type: 'text', text: why.text, show_if: { question: 'wish', answered: true } });
    expect(listIn(changed, 'pages')[0]?.skip).toEqual([]);
    expect(changed.quotas).toEqual([]);
    const shorter = without(document, { page: 2 });
    expect(listIn(shorter, 'pages').map((page) => page.id)).toEqual(['one', 'two']);
    expect(listIn(shorter, 'pages')[0]?.skip).toEqual([]);
  });
  it('lose empty words, and keep a lowest number of 0', () => {
    expect(compact({ id: 'a', hint: { en: '', zh: '' }, text: { en: 'A', zh: '' }, required: false, least: 0 })).toEqual({ id: 'a', text: { en: 'A' }, least: 0 });
  });
  it('know those before them', () => {
    expect(earlier(document, { page: 1, question: 0 }).map((one) => one.id)).toEqual(['score', 'wish']);
    expect(earlier(document)).toHaveLength(4);
  });
  it('are on pages with a title and skips', () => {
    const changed = withPage(document, 1, { id: 'two', title: { en: 'Reasons', zh: '' }, skip: [{ if: { question: 'wish', is: 'price' }, to: 'end' }] });
    expect(listIn(changed, 'pages')[1]).toMatchObject({ id: 'two', title: { en: 'Reasons' }, questions: [why] });
    expect(listIn(withPage(changed, 1, { id: 'two' }), 'pages')[1]).toEqual({ id: 'two', questions: [why] });
  });
});

describe('the conditions of a survey', () => {
  const questions = [score, wish, { id: 'ok', type: 'consent' }];
  it('are read into rows and written back as they were', () => {
    const rules: Json[] = [
      { question: 'score', most: 6 }, { question: 'score', is: 0 }, { question: 'score', in: [9, 10] }, { question: 'wish', is: 'price' }, { question: 'ok', is: true }, { question: 'wish', answered: false },
      { any: [{ question: 'score', least: 9 }, { question: 'grid', row: 'price', most: 2 }] },
    ];
    for (const rule of rules) expect(writeRule(readRule(rule)!, questions)).toEqual(rule);
    expect(readRule(undefined)).toEqual({ any: false, tests: [] });
    expect(writeRule({ any: true, tests: [] }, questions)).toBeUndefined();
  });
  it('that are nested are left to the text', () => {
    expect(readRule({ not: { question: 'score', most: 6 } })).toBeUndefined();
    expect(readRule({ all: [{ any: [{ question: 'score', most: 6 }] }] })).toBeUndefined();
    expect(readRule({ question: 'score', most: 6, least: 2 })).toBeUndefined();
  });
  it('offer the answers that a question can have', () => {
    expect(answersOf(wish)).toEqual(['price', 'speed']);
    expect(answersOf(score)).toHaveLength(11);
    expect(answersOf({ type: 'stars', most: 3 })).toEqual(['1', '2', '3']);
    expect(testsOf({ type: 'text' })).toEqual(['answered', 'unanswered']);
    expect(firstTest(wish)).toEqual({ question: 'wish', test: 'is', values: ['price'] });
  });
});
