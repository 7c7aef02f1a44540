// Places the nodes of a directly-follows graph in layers, left to right. Pure: numbers in, numbers out.
// Layers: the longest way along forward edges, where an edge counts as forward when its start lies earlier on
// average (breadth-first depth from the start of journeys, weighted by how often it is taken). Within a layer
// nodes are ordered by the weighted mean place of their neighbours, swept back and forth (Sugiyama's scheme).
import type { GraphEdge, GraphNode } from '../../api/generated';

export interface Placed {
  id: string;
  count: number;
  layer: number;
  /** Centre, in pixels. */
  x: number;
  y: number;
}

export interface Layout {
  nodes: Placed[];
  width: number;
  height: number;
}

export const kNodeWidth = 148;
export const kNodeHeight = 46;
const kGapX = 92;
const kGapY = 34;
const kSweeps = 8;

/** Journeys pass `id` after about this many steps: the expected depth over incoming edges, iterated. */
function depths(nodes: GraphNode[], edges: GraphEdge[]): Map<string, number> {
  const depth = new Map(nodes.map((node) => [node.id, node.id === 'start' ? 0 : Infinity]));
  if (!depth.has('start') && nodes[0]) depth.set(nodes[0].id, 0);
  const strong = edges.toSorted((a, b) => b.count - a.count);
  for (let round = 0; round < nodes.length; round += 1) {
    let changed = false;
    for (const edge of strong) {
      const next = (depth.get(edge.from) ?? Infinity) + 1;
      if (next < (depth.get(edge.to) ?? Infinity)) {
        depth.set(edge.to, next);
        changed = true;
      }
    }
    if (!changed) break;
  }
  return depth;
}

/** Takes edges from the most frequent on, as long as they close no circle: what is left runs forward. */
function forwardEdges(nodes: GraphNode[], edges: GraphEdge[]): GraphEdge[] {
  const after = new Map<string, Set<string>>(nodes.map((node) => [node.id, new Set<string>()]));
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (from === to) return true;
    seen.add(from);
    return [...(after.get(from) ?? [])].some((next) => !seen.has(next) && reaches(next, to, seen));
  };
  const kept: GraphEdge[] = [];
  for (const edge of edges.toSorted((a, b) => b.count - a.count)) {
    if (edge.from === edge.to || edge.to === 'start' || edge.from === 'end' || !after.has(edge.from) || !after.has(edge.to)) continue;
    if (reaches(edge.to, edge.from)) continue;
    after.get(edge.from)?.add(edge.to);
    kept.push(edge);
  }
  return kept;
}

function layersOf(nodes: GraphNode[], edges: GraphEdge[]): Map<string, number> {
  const forward = forwardEdges(nodes, edges);
  const layer = new Map(nodes.map((node) => [node.id, 0]));
  const depth = depths(nodes, edges);
  for (let round = 0; round < nodes.length; round += 1) {
    let changed = false;
    for (const edge of forward) {
      const next = (layer.get(edge.from) ?? 0) + 1;
      if (next > (layer.get(edge.to) ?? 0)) {
        layer.set(edge.to, next);
        changed = true;
      }
    }
    if (!changed) break;
  }
  for (const node of nodes) {
    if (!forward.some((edge) => edge.to === node.id) && node.id !== 'start') {
      const guess = depth.get(node.id) ?? 0;
      layer.set(node.id, Number.isFinite(guess) ? guess : 0);
    }
  }
  const last = Math.max(0, ...layer.values());
  if (layer.has('end')) layer.set('end', Math.max(last, 1));
  return layer;
}

function order(rows: string[][], edges: GraphEdge[]): void {
  for (let sweep = 0; sweep < kSweeps; sweep += 1) {
    const place = new Map(rows.flatMap((row) => row.map((id, index): [string, number] => [id, index - (row.length - 1) / 2])));
    for (const row of sweep % 2 === 0 ? rows : rows.toReversed()) {
      const centre = new Map(row.map((id) => {
        let sum = 0;
        let weight = 0;
        for (const edge of edges) {
          const other = edge.from === id ? edge.to : edge.to === id ? edge.from : null;
          if (other === null || other === id) continue;
          sum += (place.get(other) ?? 0) * edge.count;
          weight += edge.count;
        }
        return [id, weight > 0 ? sum / weight : (place.get(id) ?? 0)];
      }));
      row.sort((a, b) => (centre.get(a) ?? 0) - (centre.get(b) ?? 0));
      row.forEach((id, index) => place.set(id, index - (row.length - 1) / 2));
    }
  }
}

export function layoutGraph(nodes: GraphNode[], edges: GraphEdge[]): Layout {
  const layer = layersOf(nodes, edges);
  const used = [...new Set(layer.values())].sort((a, b) => a - b);
  const rows = used.map((value) => nodes.filter((node) => layer.get(node.id) === value).map((node) => node.id));
  order(rows, edges);
  const tallest = Math.max(1, ...rows.map((row) => row.length));
  const height = tallest * (kNodeHeight + kGapY) + 60;
  const counts = new Map(nodes.map((node) => [node.id, node.count]));
  const placed = rows.flatMap((row, column) => row.map((id, index): Placed => ({
    id, count: counts.get(id) ?? 0, layer: column,
    x: 20 + kNodeWidth / 2 + column * (kNodeWidth + kGapX),
    y: height / 2 + (index - (row.length - 1) / 2) * (kNodeHeight + kGapY),
  })));
  return { nodes: placed, width: 40 + rows.length * kNodeWidth + Math.max(0, rows.length - 1) * kGapX, height };
}

/** The curve of an edge: forward straight ahead, back in an arc below, to itself as a loop. */
export function edgePath(from: Placed, to: Placed): { path: string; labelX: number; labelY: number } {
  if (from.id === to.id) {
    const top = from.y - kNodeHeight / 2;
    return { path: `M${from.x - 18} ${top}C${from.x - 30} ${top - 34} ${from.x + 30} ${top - 34} ${from.x + 18} ${top - 2}`, labelX: from.x, labelY: top - 29 };
  }
  if (to.layer > from.layer) {
    const x1 = from.x + kNodeWidth / 2;
    const x2 = to.x - kNodeWidth / 2 - 3;
    const bend = Math.max(30, (x2 - x1) / 2);
    const skips = to.layer - from.layer > 1 && Math.abs(to.y - from.y) < kNodeHeight;
    if (skips) {
      const lift = from.y - kNodeHeight - 12 * (to.layer - from.layer);
      return { path: `M${x1} ${from.y - 8}C${x1 + bend} ${lift} ${x2 - bend} ${lift} ${x2} ${to.y - 8}`, labelX: (x1 + x2) / 2, labelY: from.y - 8 - (from.y - lift - 8) * 0.75 };
    }
    return { path: `M${x1} ${from.y}C${x1 + bend} ${from.y} ${x2 - bend} ${to.y} ${x2} ${to.y}`, labelX: (x1 + x2) / 2, labelY: (from.y + to.y) / 2 };
  }
  const y1 = from.y + kNodeHeight / 2;
  const y2 = to.y + kNodeHeight / 2 + 3;
  const low = Math.max(y1, y2) + 26 + 7 * Math.abs(from.layer - to.layer);
  return { path: `M${from.x + 16} ${y1}C${from.x + 16} ${low} ${to.x - 16} ${low} ${to.x - 16} ${y2}`, labelX: (from.x + to.x) / 2, labelY: (y1 + y2) / 2 + (low - (y1 + y2) / 2) * 0.75 };
}
