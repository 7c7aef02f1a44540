// Where the points of a response curve lie in a picture of given size. Pure.
import type { BudgetChannel } from '../../api/generated';

export interface CurveShape {
  line: string;
  band: string;
  present: { x: number; y: number };
  better: { x: number; y: number };
  most: { spend: number; outcome: number };
}

/** What a spend within the curve brings: between two points on the straight line. */
export function broughtBy(channel: BudgetChannel, spend: number): number {
  const at = channel.curve.findIndex((point) => point.spend >= spend);
  const high = channel.curve[at < 0 ? channel.curve.length - 1 : at];
  const low = at > 0 ? channel.curve[at - 1] : high;
  if (!high || !low) return 0;
  const width = high.spend - low.spend;
  return width > 0 ? low.value + ((high.value - low.value) * (spend - low.spend)) / width : high.value;
}

export function curveShape(channel: BudgetChannel, width: number, height: number): CurveShape {
  const top = Math.max(1e-12, ...channel.curve.map((point) => point.high ?? point.value));
  const most = Math.max(1e-12, channel.most, channel.better, channel.present);
  const x = (spend: number) => (spend / most) * width;
  const y = (outcome: number) => height - (Math.max(0, outcome) / top) * height;
  const path = (points: readonly { spend: number; value: number }[]) => points.map((point, at) => `${at === 0 ? 'M' : 'L'}${x(point.spend).toFixed(1)} ${y(point.value).toFixed(1)}`).join(' ');
  const upper = channel.curve.map((point) => ({ spend: point.spend, value: point.high ?? point.value }));
  const lower = channel.curve.map((point) => ({ spend: point.spend, value: point.low ?? point.value })).reverse();
  const place = (spend: number) => ({ x: x(spend), y: y(broughtBy(channel, spend)) });
  return {
    line: path(channel.curve), band: `${path([...upper, ...lower])} Z`, present: place(channel.present), better: place(channel.better), most: { spend: most, outcome: top },
  };
}
