// The drill-down drawer's state, in the address under "drill": which events stand behind a number.
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

/** Filters of /api/events beyond the page's own, and `title`, the words of the number. */
export type Drill = Partial<Record<
  'title' | 'metric' | 'channel' | 'touchpoint' | 'stage' | 'name' | 'instrument' | 'score_min' | 'score_max' | 'from' | 'to' | 'case' | 'units', string>>;

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
