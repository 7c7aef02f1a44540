// Conditions of a survey as rows of a form: some tests of earlier questions of which all, or any, must hold. What is
// nested deeper stays as it is and is changed as text.
import { isObject, type Json } from './outline';
import { choicesOf, isKind } from './questions';

export const kTests = ['is', 'least', 'most', 'answered', 'unanswered'] as const;
export type TestName = typeof kTests[number];
/** `values`: option ids, numbers in digits, "true"; of least and most one number; of answered none. */
export interface Test { question: string; row?: string; test: TestName; values: string[] }
export interface SimpleRule { any: boolean; tests: Test[] }

function readTest(rule: Json): Test | undefined {
  const { question, row, ...rest } = rule;
  const [[name, value] = ['', undefined], ...others] = Object.entries(rest);
  if (typeof question !== 'string' || others.length > 0) return undefined;
  const of = { question, ...(typeof row === 'string' && { row }) };
  if (name === 'answered') return { ...of, test: value === false ? 'unanswered' : 'answered', values: [] };
  if (name === 'least' || name === 'most') return { ...of, test: name, values: [String(value)] };
  if (name === 'is') return { ...of, test: 'is', values: [String(value)] };
  return name === 'in' && Array.isArray(value) ? { ...of, test: 'is', values: value.map(String) } : undefined;
}

/** No rule: no test. Undefined: it says more than rows can. */
export function readRule(rule: unknown): SimpleRule | undefined {
  if (rule === undefined || rule === null) return { any: false, tests: [] };
  if (!isObject(rule)) return undefined;
  const list = Array.isArray(rule.any) ? rule.any : Array.isArray(rule.all) ? rule.all : [rule];
  const tests = list.map((part) => (isObject(part) ? readTest(part) : undefined));
  return tests.every((test) => test !== undefined) ? { any: Array.isArray(rule.any), tests } : undefined;
}

/** Rules name numbers as numbers and a given consent as true, whatever the form holds. */
function typed(value: string, question: Json | undefined): string | number | boolean {
  if (question?.type === 'consent') return value === 'true';
  return choicesOf(question ?? {}, 'options').length === 0 && /^-?\d+$/.test(value) ? Number(value) : value;
}

function writeTest({ question, row, test, values }: Test, questions: Json[]): Json {
  const of = { question, ...(row && { row }) };
  if (test === 'answered' || test === 'unanswered') return { ...of, answered: test === 'answered' };
  if (test !== 'is') return { ...of, [test]: Number(values[0] ?? 0) };
  const about = questions.find((one) => one.id === question);
  const given = values.map((value) => typed(value, about));
  return given.length === 1 ? { ...of, is: given[0] } : { ...of, in: given };
}

/** Undefined: always. */
export function writeRule({ any, tests }: SimpleRule, questions: Json[]): Json | undefined {
  const parts = tests.map((test) => writeTest(test, questions));
  if (parts.length === 0) return undefined;
  return parts.length === 1 ? parts[0] : { [any ? 'any' : 'all']: parts };
}

/** What can be asked of a question: words that people write are not compared. */
export function testsOf(question: Json | undefined): readonly TestName[] {
  const kind = question?.type;
  if (!isKind(kind) || kind === 'text' || kind === 'contact') return ['answered', 'unanswered'];
  return ['nps', 'stars', 'scale', 'matrix'].includes(kind) ? kTests : ['is', 'answered', 'unanswered'];
}

/** The answers a question can have, where they can be counted. */
export function answersOf(question: Json | undefined): string[] {
  if (!question || !isKind(question.type)) return [];
  if (question.type === 'consent') return ['true', 'false'];
  const range = (least: number, most: number) => (most - least > 0 && most - least <= 100 ? Array.from({ length: most - least + 1 }, (_, n) => String(least + n)) : []);
  switch (question.type) {
    case 'nps': return range(0, 10);
    case 'stars': return range(1, Number(question.most ?? 5));
    case 'scale': case 'matrix': return range(Number(question.least ?? 1), Number(question.most ?? 7));
    default: return choicesOf(question, 'options').map((one) => one.id);
  }
}

/** A first test of a question, as it is added. */
export function firstTest(question: Json): Test {
  const test = testsOf(question)[0] ?? 'answered';
  const row = choicesOf(question, 'rows')[0]?.id;
  const first = test === 'is' ? answersOf(question)[0] : undefined;
  return { question: String(question.id), test, values: first === undefined ? [] : [first], ...(row && { row }) };
}
