// Every word on screen is in both catalogues, and every word in them is used.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from './en.json';
import zh from './zh.json';

type Tree = { [key: string]: string | Tree };
const flat = (tree: Tree, prefix = ''): [string, string][] => Object.entries(tree)
  .flatMap(([key, value]): [string, string][] => (typeof value === 'string' ? [[prefix + key, value]] : flat(value, `${prefix}${key}.`)));
const base = (key: string) => key.replace(/_(one|other)$/, '');
const english = flat(en);
const chinese = flat(zh);
const keys = new Set(english.map(([key]) => base(key)));

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return sources(join(folder, entry.name));
    return /\.tsx?$/.test(entry.name) && !/\.test\.|generated/.test(entry.name) ? [readFileSync(join(folder, entry.name), 'utf8')] : [];
  });
}
const code = sources(join(import.meta.dirname, '..')).join('\n');
const literal = new Set([...code.matchAll(/['`]([a-z_]+\.[a-z0-9_]+)['`]/g)].map((match) => match[1]!));
const groups = new Set(Object.keys(en));
/** `by.${value}` and the like: the keys below such a beginning count as used. */
const computed = [...code.matchAll(/`([a-z_]+\.[a-z_]*)\$\{/g)].map((match) => match[1]!);
const whole = code.includes("? 'nps' : 'score'}.${kind}`") ? ['nps.', 'score.'] : [];

describe('catalogues', () => {
  it('have the same keys', () => {
    expect([...new Set(chinese.map(([key]) => base(key)))].sort()).toEqual([...keys].sort());
  });

  it('have words for every key, with the same places to fill', () => {
    const places = (text: string) => [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]))].sort().join();
    const inChinese = new Map(chinese.map(([key, text]) => [base(key), text]));
    for (const [key, text] of english) {
      expect(text.trim(), key).not.toBe('');
      expect(inChinese.get(base(key))?.trim(), key).not.toBe('');
      expect(places(inChinese.get(base(key)) ?? ''), key).toBe(places(text));
    }
  });

  it('have every key the code asks for', () => {
    const asked = [...literal].filter((key) => groups.has(key.split('.')[0]!) && code.includes(`'${key}'`));
    expect(asked.filter((key) => !keys.has(key) && !/\.(json|ts|tsx|csv|svg)$/.test(key))).toEqual([]);
    for (const start of computed) expect([...keys].some((key) => key.startsWith(start)), start).toBe(true);
  });

  it('have no key that nobody asks for', () => {
    const unused = [...keys].filter((key) => !literal.has(key) && ![...computed, ...whole].some((start) => key.startsWith(start)));
    expect(unused).toEqual([]);
  });

  it('are written in their language: no Chinese outside the catalogues but names of languages and the product', () => {
    const stray = [...code.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '').matchAll(/[\u4e00-\u9fff]+/g)].map((match) => match[0]).filter((text) => !['知客', '中文', '切换为中文', '天', '小时', '分钟', '秒', '毫秒', '个百分点'].includes(text));
    expect(stray).toEqual([]);
  });
});
