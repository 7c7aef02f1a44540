// Horizontal bars with their figures written beside them; each is a button where it leads somewhere.
import type { ReactNode } from 'react';
import { Link } from 'react-router';

export interface Bar {
  key: string;
  label: ReactNode;
  /** 0 to 1 of the longest bar. */
  length: number;
  colour: string;
  end: ReactNode;
  hint?: string;
  /** What opens: as many events or comments as this, or something that is explained. */
  behind?: 'events' | 'comments' | 'explained';
  count?: number;
  /** Leads to a page instead. */
  to?: string;
}

export function Bars({ bars, onPick }: { bars: Bar[]; onPick?: (key: string) => void }) {
  return (
    <div className="bars">
      {bars.map((bar) => {
        const inner = (
          <>
            <span>{bar.label}</span>
            <span className="bar-track"><span className="bar-fill" style={{ display: 'block', width: `${bar.length * 100}%`, background: bar.colour }} /></span>
            <span className="end">{bar.end}</span>
          </>
        );
        if (bar.to) return <Link key={bar.key} className="bar-row" data-drill="link" title={bar.hint} to={bar.to}>{inner}</Link>;
        return onPick
          ? <button key={bar.key} type="button" className="bar-row" data-drill={bar.behind ?? 'explained'} data-count={bar.count} title={bar.hint} onClick={() => onPick(bar.key)}>{inner}</button>
          : <div key={bar.key} className="bar-row" title={bar.hint}>{inner}</div>;
      })}
    </div>
  );
}
