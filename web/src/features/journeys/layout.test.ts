import { describe, expect, it } from 'vitest';
import { kNodeHeight, kNodeWidth, layoutGraph } from './layout';

const node = (id: string, count = 1) => ({ id, count });
const edge = (from: string, to: string, count: number) => ({ from, to, count, median_ms: null });

describe('layout of the process graph', () => {
  const nodes = ['start', 'a', 'b', 'c', 'd', 'end'].map((id) => node(id));
  const edges = [edge('start', 'a', 100), edge('a', 'b', 90), edge('b', 'c', 80), edge('b', 'a', 15), edge('a', 'd', 10), edge('c', 'c', 5), edge('c', 'end', 70), edge('d', 'end', 10), edge('a', 'end', 20)];
  const { nodes: placed, routes, width, height } = layoutGraph(nodes, edges);
  const at = new Map(placed.map((item) => [item.id, item]));

  it('runs from start to end', () => {
    expect(at.get('start')?.layer).toBe(0);
    expect(at.get('a')!.layer).toBeLessThan(at.get('b')!.layer);
    expect(at.get('b')!.layer).toBeLessThan(at.get('c')!.layer);
    expect(Math.max(...placed.map((item) => item.layer))).toBe(at.get('end')?.layer);
  });

  it('breaks a circle at its rarer edge', () => {
    expect(routes.find((route) => route.edge.from === 'b' && route.edge.to === 'a')?.back).toBe(true);
    expect(routes.find((route) => route.edge.from === 'a' && route.edge.to === 'b')?.back).toBe(false);
    expect(routes).toHaveLength(edges.length);
  });

  it('lets no two boxes overlap and none leave the picture', () => {
    for (const one of placed) {
      expect(one.x - kNodeWidth / 2).toBeGreaterThanOrEqual(0);
      expect(one.x + kNodeWidth / 2).toBeLessThanOrEqual(width);
      expect(one.y + kNodeHeight / 2).toBeLessThanOrEqual(height);
      for (const other of placed) {
        if (one.id < other.id && one.layer === other.layer) expect(Math.abs(one.y - other.y)).toBeGreaterThanOrEqual(kNodeHeight);
      }
    }
  });

  it('takes what a server may send at worst: nothing, one node, unknown ends', () => {
    expect(layoutGraph([node('a')], []).nodes).toHaveLength(1);
    expect(layoutGraph([node('a')], [edge('a', 'gone', 3), edge('a', 'a', 2)]).routes).toHaveLength(1);
    expect(layoutGraph([node('start'), node('end')], [edge('start', 'end', 1)]).nodes).toHaveLength(2);
  });
});
