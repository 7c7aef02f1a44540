// Places the nodes of a directly-follows graph in layers, left to right, and leads the lines around the boxes
// (Sugiyama's scheme): circles are broken at their rarest edges; the layer of a node is its longest way from the
// start; long edges get a bend in every layer they cross; bends and boxes are ordered by the mean place of their
// neighbours, swept back and forth. Pure: numbers in, numbers out.
import type { GraphEdge, GraphNode } from '../../api/generated';

export interface Placed {
  id: string;
  count: number;
  layer: number;
  /** Centre, in pixels. */
  x: number;
  y: number;
}

export interface Route {
  edge: GraphEdge;
  path: string;
  labelX: number;
  labelY: number;
  /** Runs against the flow. */
  back: boolean;
}

export interface Layout {
  nodes: Placed[];
  routes: Route[];
  width: number;
  height: number;
}

export const kNodeWidth = 148;
export const kNodeHeight = 46;
const kBendHeight = 12;
const kGapX = 84;
const kGapY = 22;
const kMargin = 44;
const kSweeps = 12;

/** One place in a layer: a box, or the bend of a long line. */
interface Slot {
  id: string;
  height: number;
  x: number;
  y: number;
}

/** Takes edges from the most frequent on, as long as they close no circle: what is left runs forward. */
function forwardEdges(nodes: GraphNode[], edges: GraphEdge[]): Set<GraphEdge> {
  const after = new Map<string, string[]>(nodes.map((node) => [node.id, []]));
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set([from]);
    const open = [from];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (id === to) return true;
      for (const next of after.get(id) ?? []) {
        if (!seen.has(next)) {
          seen.add(next);
          open.push(next);
        }
      }
    }
    return false;
  };
  const kept = new Set<GraphEdge>();
  for (const edge of edges.toSorted((a, b) => b.count - a.count)) {
    if (edge.from === edge.to || edge.to === 'start' || edge.from === 'end' || reaches(edge.to, edge.from)) continue;
    after.get(edge.from)?.push(edge.to);
    kept.add(edge);
  }
  return kept;
}

function layersOf(nodes: GraphNode[], forward: Set<GraphEdge>): Map<string, number> {
  const layer = new Map(nodes.map((node) => [node.id, node.id === 'start' ? 0 : 1]));
  if (!layer.has('start')) for (const id of layer.keys()) layer.set(id, 0);
  for (let round = 0, changed = true; changed && round < nodes.length; round += 1) {
    changed = false;
    for (const edge of forward) {
      const next = (layer.get(edge.from) ?? 0) + 1;
      if (next > (layer.get(edge.to) ?? 0)) {
        layer.set(edge.to, next);
        changed = true;
      }
    }
  }
  if (layer.has('end')) layer.set('end', Math.max(...[...layer].map(([id, value]) => (id === 'end' ? value : value + 1))));
  return layer;
}

/** The slots of each layer and the chain of slots each line runs through, left to right. */
function buildSlots(nodes: GraphNode[], edges: GraphEdge[], layer: Map<string, number>) {
  const rows: Slot[][] = Array.from({ length: Math.max(...layer.values()) + 1 }, () => []);
  const slots = new Map<string, Slot>();
  const add = (row: number, id: string, height: number) => {
    const slot = { id, height, x: kMargin / 2 + kNodeWidth / 2 + row * (kNodeWidth + kGapX), y: 0 };
    rows[row]?.push(slot);
    slots.set(id, slot);
    return slot;
  };
  for (const node of nodes) add(layer.get(node.id) ?? 0, node.id, kNodeHeight);
  const chains = edges.map((edge) => {
    const [left, right] = (layer.get(edge.from) ?? 0) <= (layer.get(edge.to) ?? 0) ? [edge.from, edge.to] : [edge.to, edge.from];
    const chain = [slots.get(left)!];
    for (let row = (layer.get(left) ?? 0) + 1; row < (layer.get(right) ?? 0); row += 1) chain.push(add(row, `${edge.from}>${edge.to}@${row}`, kBendHeight));
    chain.push(slots.get(right)!);
    return { edge, chain, back: left !== edge.from };
  });
  return { rows, chains };
}

function orderRows(rows: Slot[][], chains: { edge: GraphEdge; chain: Slot[] }[]): void {
  const neighbours = new Map<string, { other: string; weight: number }[]>();
  const link = (a: string, b: string, weight: number) => neighbours.set(a, [...(neighbours.get(a) ?? []), { other: b, weight }]);
  for (const { edge, chain } of chains) {
    chain.slice(1).forEach((slot, index) => {
      link(slot.id, chain[index]!.id, edge.count);
      link(chain[index]!.id, slot.id, edge.count);
    });
  }
  const place = new Map<string, number>();
  const number = (row: Slot[]) => row.forEach((slot, index) => place.set(slot.id, index - (row.length - 1) / 2));
  rows.forEach(number);
  for (let sweep = 0; sweep < kSweeps; sweep += 1) {
    for (const row of sweep % 2 === 0 ? rows : rows.toReversed()) {
      const centre = new Map(row.map((slot) => {
        const near = neighbours.get(slot.id) ?? [];
        const weight = near.reduce((sum, item) => sum + item.weight, 0);
        return [slot.id, weight > 0 ? near.reduce((sum, item) => sum + (place.get(item.other) ?? 0) * item.weight, 0) / weight : 0];
      }));
      row.sort((a, b) => (centre.get(a.id) ?? 0) - (centre.get(b.id) ?? 0));
      number(row);
    }
  }
}

/** A smooth line through the chain; level at each slot, straight along the width of the boxes it passes. */
function curve(chain: Slot[]): string {
  const half = kNodeWidth / 2;
  const first = chain[0]!;
  let path = `M${first.x + half} ${first.y}`;
  chain.slice(1).forEach((slot, index) => {
    const from = chain[index]!;
    const x1 = from.x + half;
    const x2 = slot.x - half - (index === chain.length - 2 ? 4 : 0);
    const middle = (x1 + x2) / 2;
    path += `C${middle} ${from.y} ${middle} ${slot.y} ${x2} ${slot.y}`;
    if (index < chain.length - 2) path += `L${slot.x + half} ${slot.y}`;
  });
  return path;
}

/** The same, from right to left: for lines that run against the flow. */
function backCurve(chain: Slot[]): string {
  const half = kNodeWidth / 2;
  const reversed = chain.toReversed();
  const first = reversed[0]!;
  let path = `M${first.x - half} ${first.y + 9}`;
  reversed.slice(1).forEach((slot, index) => {
    const from = reversed[index]!;
    const last = index === reversed.length - 2;
    const x1 = from.x - half;
    const x2 = slot.x + half + (last ? 4 : 0);
    const middle = (x1 + x2) / 2;
    const y1 = index === 0 ? from.y + 9 : from.y;
    const y2 = last ? slot.y + 9 : slot.y;
    path += `C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
    if (!last) path += `L${slot.x - half} ${slot.y}`;
  });
  return path;
}

/** On the flat part of a long line, else half-way; where both directions meet, a third of the way for the way back. */
function labelPlace(chain: Slot[], back: boolean): { labelX: number; labelY: number } {
  const bend = chain.length > 2 ? chain[Math.floor(chain.length / 2)] : undefined;
  if (bend) return { labelX: bend.x, labelY: bend.y };
  const [left, right] = [chain[0]!, chain[1]!];
  const part = back ? 0.34 : 0.5;
  const x1 = left.x + kNodeWidth / 2;
  const x2 = right.x - kNodeWidth / 2;
  return { labelX: x1 + (x2 - x1) * part, labelY: left.y + (right.y - left.y) * (back ? 0.2 : 0.5) + (back ? 12 : 0) };
}

/** A line to its own box is a loop above it; one within a layer an arc beside it. */
function sideCurve(edge: GraphEdge, from: Slot, to: Slot): Omit<Route, 'edge' | 'back'> {
  if (edge.from === edge.to) {
    const top = from.y - kNodeHeight / 2;
    return { path: `M${from.x - 16} ${top}C${from.x - 26} ${top - 26} ${from.x + 26} ${top - 26} ${from.x + 16} ${top - 3}`, labelX: from.x + 34, labelY: top - 9 };
  }
  const x = from.x + kNodeWidth / 2;
  return { path: `M${x} ${from.y}C${x + 40} ${from.y} ${x + 40} ${to.y} ${x + 4} ${to.y}`, labelX: x + 30, labelY: (from.y + to.y) / 2 };
}

export function layoutGraph(nodes: GraphNode[], allEdges: GraphEdge[]): Layout {
  const known = new Set(nodes.map((node) => node.id));
  const edges = allEdges.filter((edge) => known.has(edge.from) && known.has(edge.to));
  const layer = layersOf(nodes, forwardEdges(nodes, edges));
  const crossing = edges.filter((edge) => layer.get(edge.from) !== layer.get(edge.to));
  const { rows, chains } = buildSlots(nodes, crossing, layer);
  orderRows(rows, chains);
  const heights = rows.map((row) => row.reduce((sum, slot) => sum + slot.height + kGapY, -kGapY));
  const height = Math.max(...heights, kNodeHeight) + 2 * kMargin;
  rows.forEach((row, index) => {
    let y = (height - heights[index]!) / 2;
    for (const slot of row) {
      slot.y = y + slot.height / 2;
      y += slot.height + kGapY;
    }
  });
  const slots = new Map(rows.flat().map((slot) => [slot.id, slot]));
  const routes: Route[] = chains.map(({ edge, chain, back }) => {
    return { edge, back, path: back ? backCurve(chain) : curve(chain), ...labelPlace(chain, back) };
  });
  for (const edge of edges.filter((candidate) => layer.get(candidate.from) === layer.get(candidate.to))) {
    routes.push({ edge, back: false, ...sideCurve(edge, slots.get(edge.from)!, slots.get(edge.to)!) });
  }
  return {
    nodes: nodes.map((node) => ({ id: node.id, count: node.count, layer: layer.get(node.id) ?? 0, x: slots.get(node.id)!.x, y: slots.get(node.id)!.y })),
    routes, width: kMargin + rows.length * kNodeWidth + (rows.length - 1) * kGapX, height,
  };
}
