// The drill-down drawer's state, in the address under "drill": which events stand behind a number.
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

/** What a number says of the events behind it where it is not simply their count. */
export type Why = 'index' | 'journeys' | 'customers' | 'wait' | 'satisfaction' | 'step' | 'edge' | 'orders' | 'spend' | 'last_score' | 'mean' | 'case' | 'won' | 'channel_contacts' | 'channel_conversion' | 'channel_answers' | 'channel_retention' | 'attributed';

/**
 * Filters of /api/events beyond the page's own; `title`, the words of the number; `shown`, the number itself; `why`,
 * how it comes from the events; `scope` "all": the page's filters do not count.
 */
export type Drill = Partial<Record<
  'title' | 'metric' | 'channel' | 'touchpoint' | 'stage' | 'name' | 'instrument' | 'score_min' | 'score_max' | 'from' | 'to' | 'case' | 'units' | 'source' | 'type' | 'customer' | 'where' | 'shown', string>> & { why?: Why; scope?: 'all' };

export function useDrill(): { drill: Drill | null; open: (drill: Drill) => void; close: () => void } {
  const [params, setParams] = useSearchParams();
  const text = params.get('drill');
  const drill = useMemo(() => (text === null ? null : (Object.fromEntries(new URLSearchParams(text)) as Drill)), [text]);
  const open = useCallback((next: Drill) => {
    setParams((current) => {
      const address = new URLSearchParams(current);
      address.set('drill', new URLSearchParams(next as Record<string, string>).toString());
      return address;
    });
  }, [setParams]);
  const close = useCallback(() => {
    setParams((current) => {
      const address = new URLSearchParams(current);
      address.delete('drill');
      return address;
    });
  }, [setParams]);
  return { drill, open, close };
}
