import { describe, expect, it } from 'vitest';
import { buildUrl } from '../api/client';
import { badKeys } from '../features/settings/touchpoints_tab';
import { browserSnippet, curlSnippet, serverSnippet } from '../features/data/snippets';
import { sentiment } from '../components/score';
import { verdict } from '../components/metric';
import { limits } from '../features/voice/verbatims';
import { filterSearch, parseFilters, rangeDays, scopeZone, withBelow, writeFilters } from './filters';
import { safeNext } from './session';

describe('filters', () => {
  it('survive a round through the address', () => {
    const filters = parseFilters(new URLSearchParams('range=custom&from=2026-01-01&to=2026-01-31&compare=year&units=a,b&channel=web&persona=hunter'));
    expect(filters).toEqual({ range: 'custom', from: '2026-01-01', to: '2026-01-31', compare: 'year', units: ['a', 'b'], channels: ['web'], persona: 'hunter' });
    expect(parseFilters(writeFilters(new URLSearchParams('view=x'), filters))).toEqual(filters);
    expect(writeFilters(new URLSearchParams('view=x'), filters).get('view')).toBe('x');
  });

  it('fall back where an address makes no sense', () => {
    const filters = parseFilters(new URLSearchParams('range=custom&from=2026-02-01&to=2026-01-01&compare=nonsense&units=,,'));
    expect(filters).toMatchObject({ range: '90d', from: '', to: '', compare: 'previous', units: [] });
  });

  it('give the days of a range, the last one excluded', () => {
    const at = (range: string) => rangeDays(parseFilters(new URLSearchParams(range)), '2018-10-17', '2016-09-04');
    expect(at('range=7d')).toEqual({ from: '2018-10-11', to: '2018-10-18' });
    expect(at('range=all')).toEqual({ from: '2016-09-04', to: '2018-10-18' });
    expect(at('range=custom&from=2018-01-01&to=2018-01-01')).toEqual({ from: '2018-01-01', to: '2018-01-02' });
  });

  it('travel to other pages without the page\'s own state', () => {
    expect(filterSearch(new URLSearchParams('range=7d&view=paths&drill=x'))).toBe('?range=7d');
    expect(filterSearch(new URLSearchParams('view=paths'))).toBe('');
  });
});

describe('units', () => {
  const unit = (key: string, parent: string, zone: string) => ({ key, parent, zone, own_zone: '', name_en: '', name_zh: '', listed: true, events: 0 });
  const units = [unit('europe', '', 'Europe/Berlin'), unit('paris', 'europe', 'Europe/Berlin'), unit('london', 'europe', 'Europe/London'), unit('east', '', 'Asia/Shanghai')];

  it('lend their zone to a question where all of them share it', () => {
    expect(scopeZone(units, ['paris'], true)).toBe('Europe/Berlin');
    expect(scopeZone(units, ['europe'], true)).toBeUndefined(); // London lies below it
    expect(scopeZone(units, ['paris', 'east'], true)).toBeUndefined();
    expect(scopeZone(units, [], true)).toBeUndefined();
    expect(scopeZone([units[1]!], [], false)).toBe('Europe/Berlin');
    expect(scopeZone(units, [], false)).toBeUndefined();
  });

  it('cannot belong to what lies below them', () => {
    expect([...withBelow(units, ['europe'])].sort()).toEqual(['europe', 'london', 'paris']);
    expect([...withBelow(units, ['east'])]).toEqual(['east']);
  });
});

describe('addresses', () => {
  it('put parameters in their places, encoded', () => {
    expect(buildUrl('/api/customers/{id}/timeline', { id: 'a/b', limit: 5, cursor: undefined, channel: '' })).toBe('/api/customers/a%2Fb/timeline?limit=5');
  });

  it('never lead away from the console after the sign-in', () => {
    expect(safeNext('/voice?range=7d')).toBe('/voice?range=7d');
    for (const hostile of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '', null]) expect(safeNext(hostile)).toBe('/');
  });

  it('name this server in the snippets', () => {
    expect(browserSnippet('https://cx.example.com:8443', 'zk_1')).toContain("writeKey: 'zk_1', cdnURL: 'https://cx.example.com:8443'");
    expect(serverSnippet('http://127.0.0.1:8080', 'zk_1')).toContain("writeKey: 'zk_1', host: 'http://127.0.0.1:8080'");
    expect(curlSnippet('http://127.0.0.1:8080', 'zk_1', 'm')).toContain("http://127.0.0.1:8080/v1/track -u 'zk_1:'");
  });
});

describe('judgement', () => {
  const change = (value: number, significant = true) => ({ value, low: null, high: null, significant });
  it('follows the direction of the metric, not the sign', () => {
    expect(verdict(change(3), 'up')).toBe('good');
    expect(verdict(change(3), 'down')).toBe('bad');
    expect(verdict(change(-3), 'down')).toBe('good');
    expect(verdict(change(3, false), 'up')).toBe('neutral');
    expect(verdict(change(3), 'none')).toBe('neutral');
  });

  it('asks the server for exactly the answers it colours alike', () => {
    for (const [instrument, scale] of [['nps', 10], ['csat', 5], ['ces', 5], ['review', 5]] as const) {
      for (let score = 0; score <= scale; score += 1) {
        const kind = sentiment(score, instrument);
        for (const other of ['promoter', 'passive', 'detractor'] as const) {
          const { score_min = -1, score_max = 99 } = limits(other, instrument);
          expect(score >= score_min && score <= score_max).toBe(other === kind);
        }
      }
    }
  });

  it('finds keys the server would refuse', () => {
    const item = (key: string) => ({ key, name_en: '', name_zh: '' });
    expect([...badKeys([item('web'), item('App'), item('web'), item(''), item('a_1')])]).toEqual([0, 1, 2, 3]);
  });
});
