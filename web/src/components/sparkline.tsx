// A small line with its interval band, without axes. Decoration beside a number: hidden from readers.
import { memo, useId } from 'react';
import type { Point } from '../api/generated';

const kWidth = 200;
const kHeight = 34;

function path(points: [number, number][]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

export const Sparkline = memo(function Sparkline({ series, colour }: { series: Point[]; colour: string }) {
  const id = useId();
  const known = series.flatMap((point, index) => (point.value === null ? [] : [{ index, value: point.value }]));
  if (known.length < 2) return <svg className="spark" aria-hidden viewBox={`0 0 ${kWidth} ${kHeight}`} width="100%" height={kHeight} />;
  const values = known.map((point) => point.value);
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const x = (index: number) => 2 + (index / (series.length - 1)) * (kWidth - 4);
  const y = (value: number) => kHeight - 3 - ((value - low) / span) * (kHeight - 8);
  const line = known.map((point): [number, number] => [x(point.index), y(point.value)]);
  const first = line[0]!;
  const last = line[line.length - 1]!;
  return (
    <svg className="spark" aria-hidden viewBox={`0 0 ${kWidth} ${kHeight}`} preserveAspectRatio="none" width="100%" height={kHeight}>
      <defs>
        <linearGradient id={id} x1="0" x2="0" y1="0" y2="1">
          <stop offset="0" stopColor={colour} stopOpacity="0.22" />
          <stop offset="1" stopColor={colour} stopOpacity="0" />
        </linearGradient>
      </defs>
      <path d={`${path(line)}L${last[0]} ${kHeight}L${first[0]} ${kHeight}Z`} fill={`url(#${id})`} />
      <path d={path(line)} fill="none" stroke={colour} strokeWidth="1.6" vectorEffect="non-scaling-stroke" strokeLinejoin="round" />
    </svg>
  );
});
