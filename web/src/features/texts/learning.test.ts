import { describe, expect, it } from 'vitest';
import { readCatalogue } from './aspects_tab';
import { freshName } from './fresh_name';
import type { Comment } from '../../api/generated';
import { readRoutes, writeRoutes } from './routes_tab';
import { drawn } from './sample';

describe('the catalogue of aspects', () => {
  it('has lists of words in both languages, whatever the file left out', () => {
    const read = readCatalogue('{"key": "k", "name_en": "K", "name_zh": "K", "aspects": [{"key": "a", "name_en": "A", "name_zh": "A", "zh": ["x"]}]}');
    expect(read.aspects).toEqual([{ key: 'a', name_en: 'A', name_zh: 'A', zh: ['x'], en: [] }]);
    expect(readCatalogue(JSON.stringify(read))).toEqual(read);
  });
});

describe('routes', () => {
  it('are written without conditions that have no entries', () => {
    const text = '{"routes": [{"key": "r", "name_en": "R", "name_zh": "R", "when": {"flags": ["urgent"]}}]}';
    const [route] = readRoutes(text);
    expect(JSON.parse(writeRoutes([{ ...route!, when: { ...route!.when, intents: [] } }]))).toEqual(JSON.parse(text));
    expect(readRoutes('{}')).toEqual([]);
  });
});

describe('a fresh key', () => {
  it('is none of those that are there', () => {
    expect(freshName('route', [])).toBe('route_1');
    expect(freshName('route', ['route_1', 'route_3'])).toBe('route_2');
  });
});

describe('comments to be judged', () => {
  const comment = (event_id: number, more: Partial<Comment> = {}) => ({ event_id: String(event_id), own: null, sentiment: 'negative', ...more }) as Comment;
  it('are drawn from all places, the same each time, and none that is judged or cannot be read', () => {
    const items = Array.from({ length: 200 }, (_, i) => comment(1_048_576 + i));
    const first = drawn(items, 20).map((item) => Number(item.event_id) - 1_048_576);
    expect(drawn([...items].reverse(), 20).map((item) => Number(item.event_id) - 1_048_576)).toEqual(first);
    const mean = first.reduce((sum, at) => sum + at, 0) / first.length;
    expect(mean).toBeGreaterThan(60);
    expect(mean).toBeLessThan(140);
    expect(drawn([comment(1, { own: 'positive' }), comment(2, { sentiment: 'unknown' }), comment(3)], 5).map((item) => item.event_id)).toEqual(['3']);
  });
});
