// Which comments stand behind a number: the drawer's state, in the address under "said".
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { ListCommentsParams } from '../../api/generated';

export type Tone = 'negative' | 'neutral' | 'positive';
export const kTones: Tone[] = ['negative', 'neutral', 'positive'];
/** The colour of each, the same as of answers everywhere. */
export const kToneColour: Record<Tone, string> = { negative: 'var(--detractor)', neutral: 'var(--passive)', positive: 'var(--promoter)' };

/** Filters of /api/texts/comments beyond the page's own; `title`: the words of the number. */
export type Said = Partial<Record<'title' | 'sentiment' | 'aspect' | 'aspect_sentiment' | 'label' | 'word' | 'ids' | 'language' | 'channel' | 'touchpoint' | 'stage' | 'units' | 'from' | 'to', string>>;

export function useSaid(): { said: Said | null; open: (said: Said) => void; close: () => void } {
  const [params, setParams] = useSearchParams();
  const text = params.get('said');
  const said = useMemo(() => (text === null ? null : (Object.fromEntries(new URLSearchParams(text)) as Said)), [text]);
  const put = useCallback((next: Said | null) => {
    setParams((current) => {
      const address = new URLSearchParams(current);
      if (next) address.set('said', new URLSearchParams(next as Record<string, string>).toString());
      else address.delete('said');
      return address;
    });
  }, [setParams]);
  const close = useCallback(() => put(null), [put]);
  return { said, open: put, close };
}

/** As the API takes them: without the title. */
export function asked(said: Said): Partial<ListCommentsParams> {
  const { title: _title, ...rest } = said;
  return rest as Partial<ListCommentsParams>;
}
