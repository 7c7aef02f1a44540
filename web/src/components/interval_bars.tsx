// Values from zero on as bars, with the interval as a whisker; the figures stand beside them.
import type { ReactNode } from 'react';

export interface IntervalBar {
  key: string;
  label: ReactNode;
  value: number;
  interval: readonly number[] | null;
  end: ReactNode;
  hint: string;
  colour?: string;
}

export function IntervalBars({ bars, largest }: { bars: IntervalBar[]; largest?: number }) {
  const top = largest ?? Math.max(1e-9, ...bars.map((bar) => Math.max(bar.value, bar.interval?.[1] ?? 0)));
  const at = (value: number) => `${(Math.min(Math.max(value, 0), top) / top) * 100}%`;
  return (
    <div className="bars">
      {bars.map((bar) => (
        <div key={bar.key} className="bar-row" title={bar.hint}>
          <span>{bar.label}</span>
          <span className="bar-track" style={{ position: 'relative', overflow: 'visible' }}>
            <span className="bar-fill" style={{ display: 'block', width: at(bar.value), background: bar.colour ?? 'var(--accent)', opacity: 0.75 }} />
            {bar.interval && <span style={{ position: 'absolute', left: at(bar.interval[0] ?? 0), width: `calc(${at(bar.interval[1] ?? 0)} - ${at(bar.interval[0] ?? 0)})`, top: -3, height: 16, borderInline: '2px solid var(--text)', background: 'linear-gradient(var(--text), var(--text)) center / 100% 2px no-repeat' }} />}
          </span>
          <span className="end">{bar.end}</span>
        </div>
      ))}
    </div>
  );
}
